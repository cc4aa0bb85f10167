import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { servableModel } from '../../infra/local/compiled-model.ts';
import { type LocalTandem, startLocalTandem } from '../../infra/local/tandem.ts';
import { EMBEDDED_CHECKPOINT } from '../../infra/paths.ts';
import { runCli } from '../infra/cli.ts';
import { freePort } from './free-port.ts';

/** `tandem doctor` beside what `npm start` runs. */
let home: string;
let tandem: LocalTandem;
let ports: { edgePort: number; backendPort: number };

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tandem-doctor-'));
  const model = await servableModel(EMBEDDED_CHECKPOINT, {
    modelsDirectory: join(home, 'models'),
    hubCache: join(home, 'hub'),
    log: () => {},
  });
  ports = { edgePort: await freePort(), backendPort: await freePort() };
  const { signal } = new AbortController();
  tandem = await startLocalTandem({ model, ...ports, stateDirectory: home, verbose: false, signal });
});
afterAll(async () => {
  await tandem?.stop();
  await rm(home, { recursive: true });
});

async function doctor() {
  const environment = {
    TANDEM_HOME: home,
    EDGE_PORT: String(ports.edgePort),
    BACKEND_PORT: String(ports.backendPort),
  };
  const { code, stdout } = await runCli(['doctor', '--json'], { environment });
  const findings: { about: string; state: string; found: string; advice?: string }[] = JSON.parse(stdout);
  return { code, findings };
}

it('finds nothing wrong with what npm start runs, and knows its tokens', async () => {
  const { code, findings } = await doctor();
  expect(findings.filter(({ state }) => state === 'problem')).toEqual([]);
  const abouts = findings.map(({ about }) => about);
  expect(abouts).toEqual(
    expect.arrayContaining([
      'clock',
      'kv SESSIONS',
      'kv KEYS',
      'queue INBOUND_QUEUE',
      'durable_object API_KEYS',
    ]),
  );
  expect(abouts).toContain(`model tandem-mini at ${tandem.backendUrl}`);
  expect(code).toBe(0);
});

it('finds the backend that has ended, and says what to do', async () => {
  await tandem.backend.stop();
  const { code, findings } = await doctor();
  const problems = findings.filter(({ state }) => state === 'problem');
  expect(problems).toMatchObject([
    { about: expect.stringMatching(/^backend .*, as the edge sees it$/), found: 'not ready' },
  ]);
  expect(problems[0]!.advice).toMatch(/tandem doctor --backend/);
  expect(code).toBe(1);
});
