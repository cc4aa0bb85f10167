import { parentPort } from 'node:worker_threads';
import type { FromThread, ToThread } from '../../../gpu-backend/runtime/inference-worker-messages.ts';
import { echo } from '../scheduler/generation-rows.ts';
import { FAULTS, RELEASE_CHANNEL } from './faults.ts';

// Stands in for the inference thread where a fault must be injected.
parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'close') return parentPort?.close();
  const { id, rows } = message;
  switch (rows[0]?.inputIds[0]) {
    case FAULTS.crash:
      throw new Error('a fault in the thread');
    case FAULTS.exit:
      return process.exit(3);
    case FAULTS.refuse:
      return tell({ kind: 'failed', id, message: 'the graph did not run' });
    case FAULTS.hold:
      return void released.promise.then(() => tell({ kind: 'generated', id, generated: echo(rows) }));
    default:
      return tell({ kind: 'generated', id, generated: echo(rows) });
  }
});
// Listens before the thread says that it is open, so that no release is lost; unref, so that it can end.
const released = Promise.withResolvers<void>();
const channel = new BroadcastChannel(RELEASE_CHANNEL);
channel.onmessage = () => released.resolve();
channel.unref();
tell({ kind: 'opened', manifest: {} as never });

function tell(message: FromThread): void {
  parentPort?.postMessage(message);
}
