import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EMBEDDED_CHECKPOINT, PROJECT } from '../../infra/paths.ts';
import { temporaryFolder } from '../gpu-backend/compiler/temporary-folder.ts';
import { runCli } from '../infra/cli.ts';
import { SMALL_FILES, startHub } from '../infra/hub/start-hub.ts';
import { freePort } from './free-port.ts';
import { torchFileOf } from './write-torch-file.ts';

const MODEL_ID = 'tandem/tandem-mini';

/**
 * The way of a model from the hub to a reply: pulled, compiled on first use, served through both tiers by its id.
 * @returns what the model answers to "Hello there!", and the name that it is served under
 */
async function pullAndAsk(files: Record<string, Uint8Array>): Promise<{ model: string; reply: string }> {
  const folder = await temporaryFolder();
  const hub = await startHub({ [MODEL_ID]: { branches: { main: files } } });
  const edgePort = String(await freePort());
  const environment = {
    TANDEM_HOME: join(folder, 'home'),
    HF_HOME: join(folder, 'hf'),
    HF_ENDPOINT: hub.url,
    ...{ HF_HUB_CACHE: '', HUGGINGFACE_HUB_CACHE: '', HF_TOKEN: '', HF_HUB_OFFLINE: '' },
    EDGE_PORT: edgePort,
    BACKEND_PORT: String(await freePort()),
  };
  const pulled = await runCli(['model', 'pull', MODEL_ID], { environment });
  expect(pulled.stderr).toContain(`npm start -- --model ${MODEL_ID}`);
  // What is served is what was pulled: the hub is not there any more.
  await hub.stop();
  await upUntilReady(environment);

  const response = await fetch(`http://127.0.0.1:${edgePort}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'Hello there!' }] }),
  });
  expect(response.status).toBe(200);
  const { model, choices } = (await response.json()) as {
    model: string;
    choices: { message: { content: string } }[];
  };
  return { model, reply: choices[0]!.message.content };
}

/** `npm start -- --model ID`, until the test is over. */
async function upUntilReady(environment: Record<string, string>): Promise<void> {
  const args = [join(PROJECT, 'infra/cli.ts'), 'up', '--model', MODEL_ID];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...environment } });
  const ended = new Promise((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGINT');
    await ended;
  });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        if (output.includes('Ctrl-C stops everything.')) resolve();
      });
    }
    ended.then(() => reject(new Error(`ended before it was ready: ${output}`)));
  });
  expect(output).toMatch(/Compiling tandem-mini \(once/);
}

describe('a model of the hub', () => {
  it('is pulled, compiled and served by its id, and answers, in either format', async () => {
    const weights = await readFile(join(EMBEDDED_CHECKPOINT, 'model.safetensors'));
    const fromSafetensors = await pullAndAsk({ ...SMALL_FILES, 'model.safetensors': weights });
    expect(fromSafetensors.model).toBe('tandem-mini');
    expect(fromSafetensors.reply).toMatch(/\p{L}{2}/u);
    const fromTorch = await pullAndAsk({ ...SMALL_FILES, 'pytorch_model.bin': torchFileOf(weights) });
    expect(fromTorch).toEqual(fromSafetensors);
  });
});
