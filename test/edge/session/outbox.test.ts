import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { Outbox } from '../../../edge/session/outbox.ts';
import { createSessionId } from '../../../edge/session/session.ts';
import { sessionEvent } from '../../../edge/session/session-events.ts';
import { objectOf } from './sessions.ts';

describe('the outbox of a session', () => {
  it('is emptied where the edge has no webhooks any more, and asks for no alarm', async () => {
    const sessionId = createSessionId();
    await runInDurableObject(objectOf(sessionId), async (_, { storage }) => {
      const options = { storage, now: () => Date.now(), report: () => {} };
      const away = () => {
        throw new Error('Network connection lost.');
      };
      const before = new Outbox({ ...options, webhooksOf: away });
      before.put(null, [sessionEvent('session.created', { sessionId, now: Date.now() })]);
      await before.send();
      expect(before.nextAt).not.toBeNull();

      // It starts again, without SEALING_SECRET.
      const after = new Outbox({ ...options, webhooksOf: null });
      await after.send();
      expect(after.nextAt).toBeNull();
      expect([...storage.kv.list()]).toEqual([]);
    });
  });
});
