import type { FromWorker, ToWorker } from '../../../gpu-backend/runtime/inference-worker-messages.ts';
import { echo } from '../scheduler/generation-rows.ts';
import { FAULTS, RELEASE } from './faults.ts';

// Stands in for the inference process where a fault must be injected.
const released = Promise.withResolvers<void>();
process.on(RELEASE, () => released.resolve());
process.on('disconnect', () => process.exit());
process.on('message', (message: ToWorker) => {
  if (message.kind === 'open') return tell({ kind: 'opened', manifest: {} as never });
  if (message.kind === 'close') return process.disconnect();
  const { id, rows } = message;
  const fault = (token: number) => rows.some(({ inputIds }) => inputIds[0] === token);
  if (fault(FAULTS.kill)) process.kill(process.pid, 'SIGKILL');
  else if (fault(FAULTS.exit)) process.exit(3);
  else if (fault(FAULTS.refuse) || (fault(FAULTS.refuseCompany) && rows.length > 1))
    tell({ kind: 'failed', id, message: 'the graph did not run' });
  else if (fault(FAULTS.hold))
    void released.promise.then(() => tell({ kind: 'generated', id, generated: echo(rows) }));
  else tell({ kind: 'generated', id, generated: echo(rows) });
});

function tell(message: FromWorker): void {
  process.send?.(message);
}
