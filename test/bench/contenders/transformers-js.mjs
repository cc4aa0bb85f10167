/** Answers requests with transformers.js on the CPU, as a process of its own: FOLDER-WITH-NODE-MODULES MODEL THREADS. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [packages, model, threads] = process.argv.slice(2);
// The package is in the bench's own folder, not beside this file.
const { resolve } = createRequire(join(packages, 'package.json'));
const { AutoModelForSeq2SeqLM, env, Tensor } = await import(
  pathToFileURL(resolve('@huggingface/transformers')).href
);
env.allowRemoteModels = false;
const loaded = await AutoModelForSeq2SeqLM.from_pretrained(model, {
  dtype: 'fp32',
  device: 'cpu',
  session_options: { intraOpNumThreads: Number(threads) },
});
console.log(JSON.stringify({ ready: true }));

for await (const line of createInterface({ input: process.stdin })) {
  const { input_ids: rows, parameters } = JSON.parse(line);
  const tensor = (values) =>
    new Tensor('int64', BigInt64Array.from(values.flat(), BigInt), [values.length, values[0].length]);
  const inputs = { input_ids: tensor(rows), attention_mask: tensor(rows.map((row) => row.map(() => 1))) };
  const started = performance.now();
  const output = await loaded.generate({ ...inputs, generation_config: { ...parameters, do_sample: false } });
  const seconds = (performance.now() - started) / 1000;
  // The start token is not part of an answer.
  const sequences = output.tolist().map((ids) => ids.slice(1).map(Number));
  console.log(JSON.stringify({ seconds, sequences }));
}
