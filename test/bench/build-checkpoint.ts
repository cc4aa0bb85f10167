/** Builds a model in a process of its own, so that its peak memory is the build's: CHECKPOINT OUT PRECISION. */
import { buildModel } from '../../gpu-backend/compiler/build-model.ts';
import type { Precision } from '../../gpu-backend/compiler/manifest.ts';
import { progressLine } from '../../infra/terminal/progress.ts';

const [checkpoint, out, precision] = process.argv.slice(2) as [string, string, Precision];
const progress = progressLine('  writing weights');
const started = performance.now();
await buildModel({
  checkpoint,
  out,
  precision,
  name: 'bench',
  onProgress: ({ writtenBytes, totalBytes }) => progress.update(writtenBytes, totalBytes),
}).finally(() => progress.end());
const seconds = (performance.now() - started) / 1000;
// maxRSS is in kibibytes.
console.log(JSON.stringify({ seconds, peakBytes: 1024 * process.resourceUsage().maxRSS }));
