/*
 * Results go to standard output, all else to standard error. For people that is text. For programs (`--json`) standard output holds
 * one JSON value, or a line for each where they come one by one; each line of standard error is an object with one of the
 * members "note", "progress" and "error".
 */

let isForPrograms = false;

/** From here on what is said is JSON. */
export function speakJson(): void {
  isForPrograms = true;
}

export function speaksJson(): boolean {
  return isForPrograms;
}

/** What a command answers with `--json`. */
export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}

/** One of several, with `--json`. */
export function printJsonLine(value: unknown): void {
  console.log(JSON.stringify(value));
}

/** What is good to know besides the result. */
export function note(line: string): void {
  console.error(isForPrograms ? JSON.stringify({ note: line.trim() }) : line);
}
