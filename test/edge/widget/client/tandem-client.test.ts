import { describe, expect, it } from 'vitest';
import { json, sayBack, testApp } from '../../test-app.ts';
import { clientOf, shown } from './chats.ts';

describe('a conversation', () => {
  it('makes its session with the first message, and shows the reply as its words come', async () => {
    const app = testApp({ backend: sayBack('i like dogs.') });
    const { client, changes, states } = clientOf(app, { persona: ['i have a dog.'] });
    await client.open();
    expect(client.state).toEqual({ messages: [], phase: 'idle', online: true, sessionId: null });
    const reply = await client.send('  hi ');
    expect(reply).toMatchObject({ role: 'assistant', content: 'i like dogs.', status: 'done' });
    expect(shown(client.state)).toEqual(['user: hi (done)', 'assistant: i like dogs. (done)']);
    const replies = states
      .map(({ messages }) => messages[1])
      .filter((message) => message?.status === 'streaming');
    expect(replies.map((message) => message!.content)).toEqual(['i', 'i like', 'i like dogs.']);
    expect(changes[0]).toBe('progress');
    expect(changes).toContain('message');
    expect(changes.at(-1)).toBe('reply');
    const session = await json(app.request('GET', `/v1/sessions/${client.state.sessionId}`));
    expect(session.persona).toEqual(['i have a dog.']);
  });
});
