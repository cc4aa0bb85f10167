import { parentPort } from 'node:worker_threads';
import type { FromThread, ToThread } from '../../../gpu-backend/runtime/inference-worker-messages.ts';
import { echo } from '../scheduler/generation-rows.ts';
import { FAULTS } from './faults.ts';

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
    default:
      return tell({ kind: 'generated', id, generated: echo(rows) });
  }
});
tell({ kind: 'opened', manifest: {} as never });

function tell(message: FromThread): void {
  parentPort?.postMessage(message);
}
