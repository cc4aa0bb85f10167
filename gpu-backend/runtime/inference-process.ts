import type { GenerationRow } from '../../shared/generation-batch.ts';
import { type GenerationSession, openGenerationSession } from './generation-session.ts';
import type { FromWorker, ToWorker } from './inference-worker-messages.ts';
import { warmUpRow } from './warm-up-row.ts';

// The program of an inference process: it owns one session and is blocked while a run lasts.

let session: GenerationSession | undefined;
// One message after the other: a session must not be released, nor run again, while it runs.
let last = Promise.resolve();
process.on('message', (message: ToWorker) => {
  last = last.then(() => obey(message));
});
// The server has ended, in whatever way: nobody is left to answer.
process.on('disconnect', () => process.exit());
// Ctrl-C and whatever signals a whole group reach this process too. The server decides when it is done.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

async function obey(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case 'open':
      return tell(await open(message));
    case 'generate':
      return tell(await generate(message.id, message.rows));
    case 'close':
      await session?.release();
      process.disconnect();
  }
}

/** Open means that it has run: the first run takes memory and compiles kernels, and may fail where loading did not. */
async function open({ modelDirectory, ...options }: ToWorker & { kind: 'open' }): Promise<FromWorker> {
  try {
    session = await openGenerationSession(modelDirectory, options);
    await session.generate([warmUpRow(session.manifest)]);
    return { kind: 'opened', manifest: session.manifest };
  } catch (error) {
    return { kind: 'cannot open', message: messageOf(error) };
  }
}

async function generate(id: number, rows: GenerationRow[]): Promise<FromWorker> {
  try {
    if (session === undefined) throw new Error('A run came before any model was open. This is a bug.');
    return { kind: 'generated', id, generated: await session.generate(rows) };
  } catch (error) {
    return { kind: 'failed', id, message: messageOf(error) };
  }
}

function tell(message: FromWorker): void {
  process.send?.(message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
