import { plainLine } from '../terminal/plain-text.ts';

const REMEMBERED_LINES = 3;
const ERROR = /^(?:✘ )?\[ERROR\] |^\w*Error: /;
const STACK_FRAME = /^at /;

/** What of a program's output most likely says why it ended: its errors, or else what it said last. */
export class LastWords {
  #last: string[] = [];
  #errors: string[] = [];

  add(line: string): void {
    const text = plainLine(line);
    if (text === '' || STACK_FRAME.test(text)) return;
    this.#last = [...this.#last, text].slice(-REMEMBERED_LINES);
    if (ERROR.test(text)) this.#errors = [...this.#errors, text].slice(-REMEMBERED_LINES);
  }

  toString(): string {
    const said = this.#errors.length > 0 ? this.#errors : this.#last;
    return said.length === 0 ? 'It said nothing.' : `It said: ${said.join(' | ')}`;
  }
}
