import { describe, expect, it } from 'vitest';
import { lastWords } from '../../../infra/deploy/wrangler.ts';

describe('wrangler’s last words', () => {
  it('are its error, with what belongs to it, in one line', () => {
    const output = [
      '',
      '\u001b[31m✘ \u001b[41;31m[\u001b[41;97mERROR\u001b[41;31m]\u001b[0m A request to the Cloudflare API (/x) failed.',
      '',
      '  An unknown error [code: 10013]',
      '',
      '🪵  Logs were written to "/home/person/logs"',
    ].join('\n');
    expect(lastWords(output)).toBe(
      'A request to the Cloudflare API (/x) failed. An unknown error [code: 10013]',
    );
  });

  it('say which permissions a token needs where it was refused', () => {
    const output = '✘ [ERROR] A request failed.\n\n  Authentication error [code: 10000]\n\n';
    expect(lastWords(output)).toMatch(/Authentication error \[code: 10000\] The token needs the permissions/);
  });

  it('are the end of what it said where it names no error', () => {
    expect(lastWords('something\nwent wrong')).toBe('something went wrong');
  });
});
