import { describe, expect, it } from 'vitest';
import { readCommand, spokenCommand } from '../../../../edge/webhooks/inbound/command.ts';

describe('a command', () => {
  it.each([
    ['/help', { name: 'help' }],
    ['/start', { name: 'help' }],
    [' !RESET ', { name: 'reset' }],
    ['/persona', { name: 'persona', facts: '' }],
    ['/persona I am a cook.\nI like salt.', { name: 'persona', facts: 'I am a cook.\nI like salt.' }],
    ['reset', null],
    ['/resetting is hard', null],
    ['/ reset', null],
    ['please /reset', null],
    ['', null],
  ])('is read from %j', (text, command) => {
    expect(readCommand(text)).toEqual(command);
  });

  it.each([
    ['', '/help'],
    [' reset ', '/reset'],
    ['persona I am a cook.', '/persona I am a cook.'],
    ['personally, I like cats', 'personally, I like cats'],
    ['/reset', '/reset'],
    ['help me', 'help me'],
  ])('behind a channel’s own: %j is %j', (text, said) => {
    expect(spokenCommand(text)).toBe(said);
  });
});
