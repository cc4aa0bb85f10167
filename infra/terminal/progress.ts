import { speaksJson } from './output.ts';
import { formatBytes, formatSeconds } from './quantities.ts';

// As often as one can read it on a terminal; in a log only so that one sees that it goes on.
const TERMINAL_INTERVAL_MS = 100;
const LOG_INTERVAL_MS = 30_000;
const JSON_INTERVAL_MS = 1_000;
// The speed is that of the last seconds: networks change.
const SPEED_WINDOW_MS = 10_000;
const SAMPLE_INTERVAL_MS = 100;

interface ProgressOutput {
  isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Shows how far a long piece of work on bytes is, how fast it goes and how long it will take: on a terminal in a line
 * that is written over, elsewhere in a line now and then, for programs in JSON.
 */
export function progressLine(
  label: string,
  output: ProgressOutput = process.stderr,
  now: () => number = () => performance.now(),
) {
  const isJson = speaksJson();
  const isWrittenOver = output.isTTY && !isJson;
  const intervalMs = isWrittenOver ? TERMINAL_INTERVAL_MS : isJson ? JSON_INTERVAL_MS : LOG_INTERVAL_MS;
  const speed = new Speed();
  let shownMs = isWrittenOver ? Number.NEGATIVE_INFINITY : now();
  let isShown = false;
  return {
    update(doneBytes: number, totalBytes: number): void {
      const nowMs = now();
      speed.add(nowMs, doneBytes);
      if (nowMs - shownMs < intervalMs) return;
      shownMs = nowMs;
      isShown = true;
      const progress = { label, done_bytes: doneBytes, total_bytes: totalBytes };
      const line = isJson
        ? JSON.stringify({ progress })
        : `${label} ${describe(doneBytes, totalBytes, speed.bytesPerSecond())}`;
      output.write(isWrittenOver ? `\r${line}\x1b[K` : `${line}\n`);
    },
    /** Takes the line away, for what is said next. */
    end(): void {
      if (isWrittenOver && isShown) output.write('\r\x1b[K');
      isShown = false;
    },
  };
}

function describe(doneBytes: number, totalBytes: number, bytesPerSecond: number | undefined): string {
  const percent = totalBytes === 0 ? 100 : Math.floor((100 * doneBytes) / totalBytes);
  const parts = [
    `${String(percent).padStart(3)} %`,
    `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`,
  ];
  if (bytesPerSecond !== undefined && bytesPerSecond > 0) {
    const left = formatSeconds((totalBytes - doneBytes) / bytesPerSecond);
    parts.push(`${formatBytes(Math.round(bytesPerSecond))}/s`, `${left} left`);
  }
  return parts.join('  ');
}

/** How fast bytes came lately. What was there at the beginning counts for nothing. */
class Speed {
  #samples: { ms: number; bytes: number }[] = [];

  add(ms: number, bytes: number): void {
    const last = this.#samples.at(-1);
    // Work that was begun anew.
    if (last !== undefined && bytes < last.bytes) this.#samples = [];
    else if (last !== undefined && ms - last.ms < SAMPLE_INTERVAL_MS) return;
    this.#samples.push({ ms, bytes });
    while (this.#samples.length > 2 && ms - this.#samples[1]!.ms > SPEED_WINDOW_MS) this.#samples.shift();
  }

  bytesPerSecond(): number | undefined {
    const [first, last] = [this.#samples[0]!, this.#samples.at(-1)!];
    const seconds = (last.ms - first.ms) / 1000;
    return seconds < 0.5 ? undefined : (last.bytes - first.bytes) / seconds;
  }
}
