import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../../../edge/errors.ts';
import { explain } from '../../../../edge/widget/element/explain.ts';
import { TimeFormat } from '../../../../edge/widget/element/times.ts';
import { ENGLISH } from '../../../../edge/widget/words/words.ts';

const NOW = 1_000_000;
const moment = { words: ENGLISH, times: new TimeFormat('en'), now: NOW };

function told(code: string, retryAt?: number) {
  return explain({ code, message: '…', ...(retryAt !== undefined && { retryAt }) }, moment);
}

describe('explain', () => {
  it('counts down while it is to wait', () => {
    expect(told('rate_limit_exceeded', NOW + 20_000)).toEqual({
      text: 'That was a lot at once. It goes on in 20 seconds.',
      isCountdown: true,
    });
    expect(told('rate_limit_exceeded', NOW)).toEqual({ text: ENGLISH.waitOver, isCountdown: false });
  });

  it.each([
    ['network', 'offline'],
    ['message_too_long', 'tooLong'],
    ['origin_not_allowed', 'closed'],
    ['invalid_api_key', 'closed'],
    ['key_store_unavailable', 'busy'],
    ['backend_unavailable', 'busy'],
    ['backend_timeout', 'busy'],
    ['rate_limit_exceeded', 'busy'],
    ['internal_error', 'problem'],
    ['a code of next year', 'problem'],
  ] as const)('says of %s what "%s" says', (code, word) => {
    expect(told(code).text).toBe(ENGLISH[word]);
  });

  it('has words for every error of the edge', () => {
    for (const code of Object.keys(ERRORS)) expect(told(code).text).not.toBe('');
  });
});
