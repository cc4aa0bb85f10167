import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../../../edge/webhooks/channels/outcome.ts';
import { CHANNELS } from '../../../../edge/webhooks/channels/registry.ts';
import { deliver } from '../../../../edge/webhooks/inbound/call-channel.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const IN_A_MINUTE = 'Mon, 23 Nov 2026 12:01:00 GMT';

/** How a channel asks for patience: its status, body and headers, and the seconds that it asks for. */
type SlowDown = [
  channel: string,
  status: number,
  body: object | string,
  headers: Record<string, string>,
  seconds: number | null,
];

const usage = (...minutes: number[]) => ({
  'x-business-use-case-usage': JSON.stringify({
    '102290129340398': minutes.map((each) => ({
      type: 'messenger',
      call_count: 100,
      estimated_time_to_regain_access: each,
    })),
  }),
});
const graphError = (code: number) => ({ error: { message: 'too many', type: 'OAuthException', code } });

const SLOW_DOWN: SlowDown[] = [
  ['slack', 429, { ok: false, error: 'ratelimited' }, { 'retry-after': '30' }, 30],
  ['slack', 200, { ok: false, error: 'ratelimited' }, { 'retry-after': '30' }, 30],
  ['slack', 200, { ok: false, error: 'rate_limited' }, {}, null],
  ['discord', 429, { retry_after: 64.57, global: false }, { 'retry-after': '65' }, 64.57],
  ['discord', 429, '<html>Cloudflare', { 'retry-after': '600' }, 600],
  ['telegram', 429, { ok: false, error_code: 429, parameters: { retry_after: 35 } }, {}, 35],
  ['telegram', 502, '', { 'retry-after': IN_A_MINUTE }, 60],
  ['whatsapp', 400, graphError(130_429), {}, null],
  ['whatsapp', 400, graphError(131_056), {}, null],
  ['whatsapp', 400, graphError(80_008), usage(0, 7), 420],
  ['whatsapp', 429, graphError(4), { 'retry-after': '10', ...usage(3) }, 180],
  ['messenger', 403, graphError(80_006), usage(5), 300],
  ['messenger', 400, graphError(613), { 'x-business-use-case-usage': 'nonsense' }, null],
  ['twilio', 429, { code: 20_429, message: 'Too Many Requests', status: 429 }, {}, null],
  ['twilio', 429, { code: 20_429, status: 429 }, { 'retry-after': '1' }, 1],
  ['generic', 429, '', { 'retry-after': IN_A_MINUTE }, 60],
  ['generic', 503, 'later', { 'retry-after': 'soon' }, null],
];

describe('a channel that asks for patience', () => {
  it.each(SLOW_DOWN)(
    '%s by %i %j %j is tried again after %j seconds',
    async (name, ...[status, body, headers, seconds]) => {
      const { readAnswer = outcomeOf } = CHANNELS.get(name)!;
      const call = { method: 'POST' as const, url: 'https://channel.example/', headers: {}, body: '{}' };
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const outcome = await deliver(call, {
        fetch: async () => new Response(text, { status, headers }),
        now: () => NOW,
        readAnswer,
        allowLoopback: false,
      });
      expect(outcome).toMatchObject({ outcome: 'again', afterSeconds: seconds });
    },
  );

  it('is each that replies are sent to', () => {
    // Teams takes them in its own answer, and nowhere else.
    const asked = new Set(SLOW_DOWN.map(([name]) => name));
    expect([...CHANNELS.keys()].filter((name) => !asked.has(name))).toEqual(['teams']);
  });
});
