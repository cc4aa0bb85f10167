import { expect, it } from 'vitest';
import { renderWebhooks } from './report.ts';

it('tells how soon a channel has its answer, and how fast webhooks go out', () => {
  const report = renderWebhooks({
    ...{ date: '2026-11-23T00:00:00Z', cpu: 'a processor', versions: { Tandem: '1' }, loadBefore: 0.1 },
    acknowledgement: {
      ...{ messages: 10, atOnce: 2, messagesPerSecond: 321.4 },
      message: { p50: 3, p99: 9.04, max: 12 },
      again: { p50: 2, p99: 4 },
      handshake: { p50: 1, p99: 2 },
    },
    deliveries: { webhooks: 20, deliveries: 1_000, seconds: 2, deliveriesPerSecond: 500 },
  });
  expect(report).toContain('| a new message | 3.0 | 9.0 | 12.0 |');
  expect(report).toContain('321 messages a second');
  expect(report).toContain('500 deliveries a second');
});
