import { afterAll, afterEach, beforeAll } from 'vitest';
import { inputIds, tensor } from '../protocol/inference-requests.ts';
import { buildReferenceModel } from '../runtime/reference-model.ts';
import { BackendProcess, TOKEN } from '../server/backend-process.ts';

/** A reply of three tokens to a prompt of two. */
export const QUICK = [inputIds([[20, 2]]), tensor('max_length', [4])];

const twice = (value: number) => [value, value];
/** Two rows that take as long as the model can: a second or so. */
export const SLOW = [
  inputIds([
    [7, 2],
    [8, 2],
  ]),
  tensor('num_beams', twice(32)),
  tensor('min_length', twice(128)),
  tensor('max_length', twice(128)),
];

/** Real backends over the reference model, ended after each test. */
export function backends() {
  const processes: BackendProcess[] = [];
  const fixture = {
    model: undefined as unknown as Awaited<ReturnType<typeof buildReferenceModel>>,
    async start(environment: Record<string, string> = {}): Promise<BackendProcess> {
      const { directory } = fixture.model;
      const started = new BackendProcess({ MODEL_DIR: directory, BACKEND_TOKEN: TOKEN, ...environment });
      processes.push(started);
      await started.logged('ready');
      return started;
    },
  };
  beforeAll(async () => {
    fixture.model = await buildReferenceModel();
  });
  afterEach(async () => {
    for (const started of processes) started.signal('SIGKILL');
    await Promise.all(processes.splice(0).map(({ exited }) => exited));
  });
  afterAll(() => fixture.model.remove());
  return fixture;
}
