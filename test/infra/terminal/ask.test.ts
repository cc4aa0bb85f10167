import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { ask } from '../../../infra/terminal/ask.ts';
import { Interruption } from '../../../infra/terminal/interruption.ts';

/** Somebody at a terminal who types this. */
async function typing(typed: string, options: { hidden: boolean }) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const shown = text(output);
  const answer = ask('token: ', { ...options, input, output }).finally(() => output.end());
  input.write(typed);
  const line = await answer.catch((error: unknown) => error);
  return { line, shown: await shown };
}

describe('ask', () => {
  it('shows what is typed', async () => {
    const { line, shown } = await typing('my bot\r', { hidden: false });
    expect(line).toBe('my bot');
    expect(shown).toContain('my bot');
  });

  it('shows nothing of what is to be hidden', async () => {
    const { line, shown } = await typing(' xoxb-secret \r', { hidden: true });
    expect(line).toBe('xoxb-secret');
    expect(shown).toBe('token: \n');
  });

  it.each(['\u0003', '\u0004'])('ends at %j', async (key) => {
    const { line } = await typing(key, { hidden: true });
    expect(line).toBeInstanceOf(Interruption);
  });
});
