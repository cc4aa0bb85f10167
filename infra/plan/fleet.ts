import { faster, type RunCost, runMs } from '../../gpu-backend/simulator/run-cost.ts';

/**
 * What a run costs on the processor that was measured: 400M in int8, from BENCHMARKS.md ("The scheduler, simulated"). A test holds it to the
 * measured runs.
 */
export const PROCESSOR: RunCost = { stepMs: 12, sequenceMs: 1.1 };
/** ASSUMPTION, as the simulator's: how many times faster a GPU does a step, and each sequence in it. No GPU was measured. */
const GPU = faster(PROCESSOR, { step: 5, sequence: 100 });

/** Requests as the simulator's: the model's own 10 beams, 20 to 40 tokens, each number as likely. */
const BEAMS = 10;
const REPLY_TOKENS = { min: 20, max: 40 };
/** As full as queues stay short at: the simulator's fleets answer all in time at it. */
const UTILISATION = 0.7;
const GPUS_A_MACHINE = 8;

const DEVICES = {
  gpu: { cost: GPU, rows: 64, dollarsAnHour: 2.5 },
  processor: { cost: PROCESSOR, rows: 8, dollarsAnHour: 0.1 },
};
export type Device = keyof typeof DEVICES;

/** Replies a second that one device carries with short queues. */
export function repliesOfDevice(device: Device): number {
  const { cost, rows } = DEVICES[device];
  const { min, max } = REPLY_TOKENS;
  // What the longest of so many replies has on average.
  const steps = min + ((max - min) * rows) / (rows + 1);
  return (UTILISATION * 1_000 * rows) / runMs(cost, { rows, beams: BEAMS, steps });
}

export interface Fleet {
  /** That the busiest time needs, and those that may fail beside it: one, or a machine's eight. */
  devices: number;
  spare: number;
  dollarsAMonth: number;
}

export function fleetFor(device: Device, peakRepliesPerSecond: number): Fleet {
  const devices = Math.ceil(peakRepliesPerSecond / repliesOfDevice(device));
  const spare = devices < GPUS_A_MACHINE ? 1 : GPUS_A_MACHINE;
  return { devices, spare, dollarsAMonth: (devices + spare) * DEVICES[device].dollarsAnHour * 24 * 30 };
}
