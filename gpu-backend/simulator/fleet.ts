import { setMaxListeners } from 'node:events';
import type { QueueLimits } from '../scheduler/admission.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { Answer, Submission } from '../scheduler/queued-request.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import type { RunCost } from './run-cost.ts';
import { SimulatedWorker } from './simulated-worker.ts';

export interface FleetOptions {
  machines: number;
  /** Devices in each, which share its queue. */
  workers: number;
  limits: QueueLimits;
  cost: RunCost;
  /** As `SimulatedWorkerOptions` has it. */
  jitter: number;
  clock: Clock;
  random(): number;
}

interface Machine {
  scheduler: Scheduler;
  /** Of clients that never leave. */
  signal: AbortSignal;
  /** Requests that it has not answered. */
  pending: number;
}

/**
 * Machines, each with the scheduler that a real one has, and before them what the edge does: of two machines at random the one
 * with fewer requests gets the next (Mitzenmacher, "The power of two choices in randomized load balancing", 2001).
 * What one refuses is not asked again elsewhere.
 */
export class Fleet {
  readonly #machines: Machine[];
  readonly #random: () => number;
  /** Of all devices together, runs that have begun counted whole. */
  busyMs = 0;

  constructor({ machines, workers, limits, ...device }: FleetOptions) {
    const { clock, random } = device;
    this.#random = random;
    const onRun = (ms: number) => {
      this.busyMs += ms;
    };
    const openWorker = () => new SimulatedWorker({ ...device, onRun });
    const openWorkers = Array.from({ length: workers }, () => openWorker);
    this.#machines = Array.from({ length: machines }, () => {
      const { signal } = new AbortController();
      setMaxListeners(0, signal);
      const scheduler = new Scheduler({ openWorkers, limits, clock, observe: () => {} });
      return { scheduler, signal, pending: 0 };
    });
  }

  async open(): Promise<void> {
    await Promise.all(this.#machines.map(({ scheduler }) => scheduler.open()));
  }

  async submit(submission: Omit<Submission, 'signal'>): Promise<Answer> {
    const [one, other] = [this.#any(), this.#any()];
    const machine = one.pending <= other.pending ? one : other;
    machine.pending++;
    try {
      return await machine.scheduler.submit({ ...submission, signal: machine.signal });
    } finally {
      machine.pending--;
    }
  }

  #any(): Machine {
    return this.#machines[Math.floor(this.#random() * this.#machines.length)]!;
  }
}
