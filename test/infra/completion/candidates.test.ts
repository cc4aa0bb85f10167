import { describe, expect, it } from 'vitest';
import { complete } from '../../../infra/completion/candidates.ts';
import { formatCompletion, wordsOf } from '../../../infra/completion/words.ts';
import { createProgram } from '../../../infra/program.ts';

const MODELS = ['tandem-mini-fp32', 'facebook/blenderbot-3B'];
const program = await createProgram();
const at = (line: string) => complete(program, line.split(' ').slice(1), async () => MODELS);

describe('what may follow on a command line', () => {
  it.each<[string, string[]]>([
    ['tandem m', ['model']],
    ['tandem keys ', ['create', 'list', 'update', 'rotate', 'revoke']],
    ['tandem keys r', ['rotate', 'revoke']],
    ['tandem keys list --u', ['--url']],
    ['tandem keys list --url https://x.example --j', ['--json']],
    ['tandem keys create --safety ', ['on', 'off']],
    ['tandem keys create --safety=o', ['on', 'off']],
    ['tandem keys create --publishable --safety of', ['off']],
    ['tandem webhooks create --event message.replied s', ['session.created', 'session.expired']],
    ['tandem model export --device c', ['cpu']],
    ['tandem completion ', ['bash', 'zsh', 'fish']],
    ['tandem help model ex', ['export']],
    ['tandem up --model tandem', ['tandem-mini-fp32']],
    ['tandem model info ', MODELS],
    ['tandem model export facebook/blenderbot-3B ', []],
    ['tandem keys create --name ', []],
    ['tandem nope ', []],
    ['tandem keys list -- --', []],
  ])('%s', async (line, values) => {
    expect((await at(line)).candidates.map(({ value }) => value)).toEqual(values);
  });

  it.each<[string, boolean]>([
    ['tandem model build --out ', true],
    ['tandem model build ./', true],
    ['tandem tokenize --tokenizer=', true],
    ['tandem model export tandem-mini-fp32 ', true],
    ['tandem keys ', false],
    ['tandem keys create --name ', false],
    ['tandem keys create ', false],
  ])('%s is a place for names of files: %s', async (line, files) => {
    expect((await at(line)).files).toBe(files);
  });

  it('shows every command that is not hidden, with its description', async () => {
    const { candidates } = await at('tandem ');
    expect(candidates.map(({ value }) => value)).toContain('bench');
    expect(candidates.map(({ value }) => value)).not.toContain('complete');
    for (const { description } of candidates) expect(description).not.toBe('');
  });
});

describe('the words of a shell', () => {
  it('are put together where bash parts them', () => {
    expect(wordsOf('bash', ['up', '--model', '=', 'tan'])).toEqual(['up', '--model=tan']);
    expect(wordsOf('bash', ['up', '--model', '='])).toEqual(['up', '--model=']);
    expect(wordsOf('bash', ['chat', '--url', 'http', ':', '//x', ''])).toEqual([
      'chat',
      '--url',
      'http://x',
      '',
    ]);
    expect(wordsOf('zsh', ['--set', '=', 'x'])).toEqual(['--set', '=', 'x']);
  });

  it('come back with what stands before "=" for fish alone', () => {
    const completion = { candidates: [{ value: 'on', description: 'yes; really' }], files: true };
    expect(formatCompletion('bash', completion, '--safety=o')).toBe('on\tyes\n:files\n');
    expect(formatCompletion('fish', completion, '--safety=o')).toBe('--safety=on\tyes\n:files\n');
    expect(formatCompletion('fish', { ...completion, files: false }, 'o')).toBe('on\tyes\n');
  });
});
