import { describe, expect, it } from 'vitest';
import { joinTurns } from '../../../edge/conversation/turns.ts';

describe('joinTurns', () => {
  it.each([
    [
      'keeps turns apart',
      ['user: hi', 'assistant: hello', 'user: how are you?'],
      ['hi', 'hello', 'how are you?'],
    ],
    ['joins one speaker’s messages', ['user: hi', 'user: you', 'assistant: hello'], ['hi\nyou', 'hello']],
    ['joins around a blank message', ['user: hi', 'assistant: \u200b', 'user: you'], ['hi\nyou']],
    ['has no turn for blank messages alone', ['assistant: ', 'assistant:  '], []],
  ])('%s', (_, said, turns) => {
    const messages = said.map((line) => {
      const [role, content] = line.split(': ');
      return { role, content: content! };
    });
    expect(joinTurns(messages)).toEqual(turns);
  });
});
