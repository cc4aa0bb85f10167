import { describe, expect, it } from 'vitest';
import { joinTurns } from '../../../edge/conversation/turns.ts';
import { CANNED_REPLIES } from '../../../edge/safety/canned-replies.ts';

const [CANNED] = CANNED_REPLIES;

describe('joinTurns', () => {
  it.each([
    [
      'keeps turns apart',
      ['user: hi', 'assistant: hello', 'user: how are you?'],
      ['hi', 'hello', 'how are you?'],
    ],
    ['joins one speaker’s messages', ['user: hi', 'user: you', 'assistant: hello'], ['hi\nyou', 'hello']],
    ['joins around a blank message', ['user: hi', 'assistant: \u200b', 'user: you'], ['hi\nyou']],
    [
      'leaves out what a canned sentence answered, and keeps the sentence',
      ['user: hi', 'assistant: hello', 'user: you', 'user: rude', `assistant: ${CANNED}`, 'user: pizza'],
      ['hi', `hello\n${CANNED}`, 'pizza'],
    ],
    [
      'begins with a canned sentence where what it answered came first',
      ['user: rude', `assistant: ${CANNED}`, 'user: pizza'],
      [CANNED, 'pizza'],
    ],
    [
      'joins what is left around two of them',
      ['user: rude', `assistant: ${CANNED}`, 'user: rude', `assistant: ${CANNED}`, 'user: pizza'],
      [`${CANNED}\n${CANNED}`, 'pizza'],
    ],
    [
      'takes such a sentence of a person for what it says',
      ['assistant: hello', `user: ${CANNED}`, 'assistant: pizza'],
      ['hello', CANNED, 'pizza'],
    ],
    ['has no turn for blank messages alone', ['assistant: ', 'assistant:  '], []],
  ])('%s', (_, said, turns) => {
    const messages = said.map((line) => {
      const [role, content] = line.split(': ');
      return { role: role!, content: content! };
    });
    expect(joinTurns(messages)).toEqual(turns);
  });
});
