import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type GenerationSession, openGenerationSession } from './generation-session.ts';
import type { FromThread, InferenceWorkerData, ToThread } from './inference-worker-messages.ts';

// The thread's own program: it owns the session and is blocked while a run lasts.
const port = parentPort as MessagePort;
const { modelDirectory, ...options } = workerData as InferenceWorkerData;

try {
  serve(await openGenerationSession(modelDirectory, options));
} catch (error) {
  tell({ kind: 'cannot open', message: messageOf(error) });
}

function serve(session: GenerationSession): void {
  // One message after the other: a session must not be released, nor run again, while it runs.
  let last = Promise.resolve();
  port.on('message', (message: ToThread) => {
    last = last.then(() => answer(session, message));
  });
  tell({ kind: 'opened', manifest: session.manifest });
}

async function answer(session: GenerationSession, message: ToThread): Promise<void> {
  if (message.kind === 'generate') {
    tell(await generate(session, message));
  } else {
    await session.release();
    port.close();
  }
}

async function generate(
  session: GenerationSession,
  { id, rows }: ToThread & { kind: 'generate' },
): Promise<FromThread> {
  try {
    return { kind: 'generated', id, generated: await session.generate(rows) };
  } catch (error) {
    return { kind: 'failed', id, message: messageOf(error) };
  }
}

function tell(message: FromThread): void {
  port.postMessage(message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
