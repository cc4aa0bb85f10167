import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Why a command ends early: Ctrl-C, a polite kill, or the terminal's end. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  /** What shells expect of a program that a signal ended. */
  readonly exitCode: number;

  constructor(signal: (typeof SIGNALS)[number]) {
    super(`interrupted by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** From here on the signals that end a program only abort this one, with an `Interruption`. */
export function untilInterrupted(): AbortController {
  const controller = new AbortController();
  for (const signal of SIGNALS) process.on(signal, () => controller.abort(new Interruption(signal)));
  return controller;
}
