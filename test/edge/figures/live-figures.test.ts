import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createLiveFigures, REPORT_MS } from '../../../edge/figures/live-figures.ts';
import { addCount } from '../../../edge/figures/counters.ts';
import { countRequest, type FiguresByMinute, noFigures } from '../../../edge/figures/minute-figures.ts';
import { publicFigures } from '../../../edge/figures/public-figures.ts';
import type { CountedRequest } from '../../../edge/observability/data-point.ts';
import { RequestFigures } from '../../../edge/observability/request-figures.ts';

const asked = (changes: Partial<CountedRequest> = {}): CountedRequest => ({
  ...{ route: '/v1/chat/completions', method: 'POST', status: 200 },
  ...{ code: null, keyId: null, ms: 60 },
  ...changes,
});

function figuresOf({ tokens = 0, totalMs = -1 } = {}) {
  const figures = new RequestFigures();
  figures.observe({ tokens });
  if (totalMs >= 0)
    figures.observe({ backend: { backend: 'a', attempts: 1, totalMs, queueMs: null, inferenceMs: null } });
  return figures;
}

/** An isolate whose waits end when the test says so. */
function isolate(report: (minutes: FiguresByMinute) => Promise<void>) {
  const clock = { nowMs: Date.now() };
  const log: unknown[] = [];
  const waits: { ms: number; end: () => void }[] = [];
  const promises: Promise<unknown>[] = [];
  const live = createLiveFigures({
    report,
    now: () => clock.nowMs,
    wait: (ms) => new Promise<void>((resolve) => waits.push({ ms, end: resolve })),
    waitUntil: (promise) => promises.push(promise),
    log: (entry) => log.push(entry),
  });
  return {
    ...{ live, clock, log, waits },
    async pass() {
      for (const { end } of waits.splice(0)) end();
      await Promise.all(promises);
    },
  };
}

describe('what an isolate counts', () => {
  it('is reported once for all requests of some seconds', async () => {
    const reports: FiguresByMinute[] = [];
    const { live, waits, pass, clock } = isolate(async (minutes) => void reports.push(minutes));
    for (let i = 0; i < 10; i++) live.count(asked(), figuresOf({ tokens: 5, totalMs: 40 }));
    expect(waits.map(({ ms }) => ms)).toEqual([REPORT_MS]);
    await pass();
    expect(reports).toHaveLength(1);
    const { total } = publicFigures(reports[0]!, clock.nowMs);
    expect(total).toMatchObject({ requests: 10, tokens: 50 });
    live.count(asked(), figuresOf());
    await pass();
    expect(publicFigures(reports[1]!, clock.nowMs).total).toMatchObject({ requests: 1, tokens: 0 });
  });

  it('goes with the next report where one fails', async () => {
    const reports: FiguresByMinute[] = [];
    let isAway = true;
    const { live, log, pass, clock } = isolate(async (minutes) => {
      if (isAway) throw new Error('Network connection lost.');
      reports.push(minutes);
    });
    live.count(asked(), figuresOf({ tokens: 3 }));
    await pass();
    const cause = expect.stringMatching(/^Error: Network connection lost at /);
    expect(log).toEqual([{ event: 'figures_not_reported', cause }]);
    isAway = false;
    live.count(asked(), figuresOf({ tokens: 4 }));
    await pass();
    expect(publicFigures(reports[0]!, clock.nowMs).total).toMatchObject({ requests: 2, tokens: 7 });
  });

  it('does not wait for a report whose context has ended', () => {
    const { live, waits, clock } = isolate(async () => {});
    live.count(asked(), figuresOf());
    clock.nowMs += 2 * REPORT_MS;
    live.count(asked(), figuresOf());
    expect(waits).toHaveLength(2);
  });

  it('leaves out the console’s own requests, health and pages', () => {
    const { live, waits } = isolate(async () => {});
    for (const route of ['/admin/v1/figures', '/console', '/healthz', '/', '/*', '/v1x'])
      live.count(asked({ route }), figuresOf());
    expect(waits).toHaveLength(0);
  });

  it('has no more names than there are routes, whatever methods clients make up', async () => {
    const reports: FiguresByMinute[] = [];
    const { live, pass } = isolate(async (minutes) => void reports.push(minutes));
    for (let i = 0; i < 50; i++) live.count(asked({ method: `M${i}`, status: 405 }), figuresOf());
    await pass();
    const [minute] = Object.values(reports[0]!);
    expect(Object.keys(minute!.routes)).toEqual(['OTHER /v1/chat/completions']);
  });
});

describe('the object that isolates report to', () => {
  const object = () => env.FIGURES.getByName(crypto.randomUUID());

  it('adds what all of them say, minute by minute', async () => {
    const figures = object();
    const isolates = [0, 1, 2].map(() => isolate((minutes) => figures.report(minutes)));
    const start = Math.floor(Date.now() / 60_000) * 60_000;
    for (const [index, { live, clock }] of isolates.entries()) {
      clock.nowMs = start;
      live.count(asked(), figuresOf({ tokens: 10, totalMs: 100 }));
      live.count(asked({ status: 429 }), figuresOf());
      clock.nowMs = start - 60_000 * index;
      live.count(asked({ route: '/v1/sessions', status: 503 }), figuresOf());
    }
    await Promise.all(isolates.map(({ pass }) => pass()));
    const read = publicFigures(await figures.read(), start);
    expect(read.total).toMatchObject({ requests: 9, client_errors: 3, server_errors: 3, tokens: 30 });
    expect(read.minutes).toHaveLength(60);
    expect(read.minutes.slice(-4).map(({ requests }) => requests)).toEqual([0, 1, 1, 7]);
    expect(read.minutes.at(-1)).toMatchObject({ at: start / 1_000, tokens: 30 });
    expect(read.routes).toEqual([
      expect.objectContaining({
        ...{ method: 'POST', route: '/v1/chat/completions' },
        ...{ requests: 6, statuses: { 200: 3, 429: 3 } },
      }),
      expect.objectContaining({ route: '/v1/sessions', requests: 3, statuses: { 503: 3 } }),
    ]);
    expect(read.total.model_ms.p50! / 100).toBeGreaterThan(0.9);
    expect(read.total.model_ms.p50! / 100).toBeLessThan(1.1);
  });

  it('keeps an hour, each minute of it in the place of the one an hour before', async () => {
    const figures = object();
    const minute = Math.floor(Date.now() / 60_000);
    const of = (tokens: number) => ({ ...noFigures(), tokens });
    await figures.report({ [minute - 60]: of(1), [minute - 59]: of(2), [minute]: of(4) });
    await figures.report({ [minute]: of(8) });
    expect(
      Object.entries(await figures.read()).map(([at, { tokens }]) => [Number(at) - minute, tokens]),
    ).toEqual([
      [-59, 2],
      [0, 12],
    ]);
    expect((await figures.total()).tokens).toBe(14);
  });

  it('forgets no count of those that it has overwritten', async () => {
    const figures = object();
    const minute = Math.floor(Date.now() / 60_000);
    const counted = (at: number): FiguresByMinute => {
      const one = noFigures();
      countRequest(one, asked({ status: 503, ms: 700 }), figuresOf({ tokens: 3, totalMs: 650 }));
      addCount(one.counts, 'webhook_attempts', { outcome: 'failed' });
      return { [at]: one };
    };
    // An hour lies between the two, and what an older worker kept lacks what is counted by now.
    await runInDurableObject(figures, (_, { storage }) => {
      const { counts: _counts, inboundMs: _inboundMs, ...older } = counted(minute - 60)[minute - 60]!;
      storage.kv.put(`minute:${minute % 60}`, { minute: minute - 60, figures: older });
    });
    await figures.report(counted(minute));
    await figures.report(counted(minute));
    const total = await figures.total();
    expect(total).toMatchObject({
      tokens: 9,
      routes: { 'POST /v1/chat/completions': { statuses: { 503: 3 } } },
      counts: { '["webhook_attempts","failed"]': 2 },
    });
    expect(Object.values(total.modelMs)).toEqual([3]);
    expect(Object.keys(await figures.read())).toEqual([String(minute)]);
  });
});
