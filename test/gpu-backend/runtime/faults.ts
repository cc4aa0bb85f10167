import { InferenceProcess } from '../../../gpu-backend/runtime/inference-worker.ts';

/** First tokens of rows on which faulty-process.ts fails, each in its own way. */
export const FAULTS = { kill: 11, exit: 12, refuse: 13, hold: 14, refuseCompany: 15 };

/** The signal that lets a process answer the runs which `FAULTS.hold` holds up, now and from now on. */
export const RELEASE = 'SIGUSR2';

const PROGRAM = new URL('./faulty-process.ts', import.meta.url);

/** A real process that echoes its rows, and fails where it is told to. */
export function faultyProcess(): InferenceProcess {
  return new InferenceProcess({ modelDirectory: '', program: PROGRAM });
}
