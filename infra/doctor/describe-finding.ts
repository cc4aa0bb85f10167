import { styleText } from 'node:util';
import { plainLine } from '../terminal/plain-text.ts';
import type { Finding, State } from './finding.ts';

const COLOURS = { ok: 'green', skipped: 'gray', warning: 'yellow', problem: 'red' } as const satisfies Record<
  State,
  string
>;

/** A finding for people. Colours where a terminal shows them, by NO_COLOR and FORCE_COLOR too. */
export function describeFinding({ about, state, found, advice }: Finding): string {
  const mark = styleText(COLOURS[state], state.padEnd(8), { stream: process.stdout });
  const line = `${mark} ${about}: ${plainLine(found)}`;
  return advice === undefined ? line : `${line}\n         → ${advice}`;
}
