import { createRequire } from 'node:module';
import packageJson from '../../package.json' with { type: 'json' };
import { runCommand } from './run-command.ts';

/** The versions of what is measured; Python's where one takes part. */
export async function readVersions(python: string | undefined): Promise<Record<string, string>> {
  const runtime = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  const own = {
    Tandem: packageJson.version,
    Node: process.versions.node,
    'onnxruntime-node': runtime.version,
  };
  if (python === undefined) return own;
  const script =
    'import json, torch, transformers; print(json.dumps([torch.__version__, transformers.__version__]))';
  const [torch, transformers] = JSON.parse(await runCommand(python, ['-c', script])) as [string, string];
  return { ...own, torch, transformers };
}
