import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { compareModels, DAY_MS } from '../../../edge/figures/model-comparison.ts';
import { countModels, type FiguresByModel } from '../../../edge/figures/model-figures.ts';
import { countRequest, MINUTE_MS, noFigures } from '../../../edge/figures/minute-figures.ts';
import { RequestFigures } from '../../../edge/observability/request-figures.ts';

const NOW = 1_800_000_000_000;
const TODAY = Math.floor(NOW / DAY_MS);
const names = { served: 'old', candidate: 'new' };
type Happened = Parameters<RequestFigures['observe']>[0];

function counted(...happened: Happened[]): FiguresByModel {
  const models: FiguresByModel = {};
  for (const one of happened) {
    const figures = new RequestFigures();
    figures.observe(one);
    countModels(models, figures);
  }
  return models;
}

const reply = (model: string, more: Partial<NonNullable<Happened['reply']>> = {}): Happened => ({
  reply: { model, meant: model, ms: 100, flagged: false, ...more },
});
const rated = (model: string, rating: 'up' | 'down', before: 'up' | 'down' | null = null): Happened => ({
  feedback: { model, rating, before },
});
const times = (count: number, happened: Happened) => Array.from({ length: count }, () => happened);
const compare = (models: FiguresByModel, options: Partial<Parameters<typeof compareModels>[1]> = {}) =>
  compareModels({ [TODAY]: models }, { days: 7, nowMs: NOW, ...names, ...options });

describe('the comparison of models', () => {
  it('has both models before anything was said, and no verdict', () => {
    const { data, verdict } = compare({});
    expect(data.map(({ model, role }) => [model, role])).toEqual([
      ['old', 'served'],
      ['new', 'candidate'],
    ]);
    expect(data[0]).toMatchObject({ replies: 0, flagged_share: null, approval: null });
    expect(verdict).toEqual({ outcome: 'undecided', difference: null });
    expect(compare({}, { candidate: null }).data).toHaveLength(1);
  });

  it('counts replies with their times and flags, and fallbacks for the model that failed alone', () => {
    const models = counted(
      ...times(3, reply('old')),
      ...times(6, reply('new', { ms: 50 })),
      ...times(2, reply('new', { flagged: true })),
      ...times(2, reply('old', { meant: 'new', ms: 9_000, flagged: true })),
    );
    const [old, next] = compare(models).data;
    expect(old).toMatchObject({ replies: 3, flagged_share: 0, fallback_share: 0 });
    expect(next).toMatchObject({ replies: 8, flagged_share: 0.25, fallback_share: 0.2 });
    expect(Math.abs(old!.reply_ms.p95! / 100 - 1)).toBeLessThan(0.09);
    expect(Math.abs(next!.reply_ms.p50! / 50 - 1)).toBeLessThan(0.09);
  });

  it('counts one voice of who changes their mind, and none of who says the same again', () => {
    const models = counted(rated('new', 'up'), rated('new', 'up', 'up'), rated('new', 'down', 'up'));
    expect(compare(models).data[1]).toMatchObject({ up: 0, down: 1 });
  });

  it('shows no less than nothing where the first voice is of before', () => {
    expect(compare(counted(rated('new', 'up', 'down'))).data[1]).toMatchObject({ up: 1, down: 0 });
  });

  it.each([
    [10, 4, 'undecided'],
    [120, 20, 'better'],
    [20, 120, 'worse'],
  ])('with %i up and %i down against as many of each calls it %s', (up, down, outcome) => {
    const models = counted(
      ...times(up, rated('new', 'up')),
      ...times(down, rated('new', 'down')),
      ...times((up + down) / 2, rated('old', 'up')),
      ...times((up + down) / 2, rated('old', 'down')),
    );
    expect(compare(models).verdict.outcome).toBe(outcome);
  });

  it('knows models that are not served any more, and only of the days that are asked for', () => {
    const byDay = {
      [TODAY]: counted(reply('older')),
      [TODAY - 6]: counted(reply('old')),
      [TODAY - 7]: counted(reply('new')),
    };
    const { data } = compareModels(byDay, { days: 7, nowMs: NOW, ...names });
    expect(data.map(({ model, role, replies }) => [model, role, replies])).toEqual([
      ['old', 'served', 1],
      ['new', 'candidate', 0],
      ['older', 'former', 1],
    ]);
  });
});

describe('what is kept of models', () => {
  const minuteNow = () => Math.floor(Date.now() / MINUTE_MS);
  const reported = (happened: Happened) => {
    const figures = new RequestFigures();
    figures.observe(happened);
    const minute = noFigures();
    countRequest(minute, null, figures);
    return minute;
  };

  it('adds up over isolates and minutes, by day', async () => {
    const object = env.FIGURES.getByName(crypto.randomUUID());
    const minute = minuteNow();
    await object.report({ [minute]: reported(reply('old')) });
    await object.report({ [minute]: reported(reply('old')), [minute - 1]: reported(rated('old', 'up')) });
    const days = Object.values(await object.readModels());
    // Midnight may lie between the two minutes.
    const sum = days.flatMap(({ old }) => (old === undefined ? [] : [[old.replies, old.up]]));
    expect(sum.reduce(([a, b], [c, d]) => [a! + c!, b! + d!])).toEqual([2, 1]);
  });

  it('takes the report of a worker that counts none', async () => {
    const object = env.FIGURES.getByName(crypto.randomUUID());
    const { models: _, ...older } = noFigures();
    await object.report({ [minuteNow()]: { ...older, tokens: 5 } as never });
    expect(await object.readModels()).toEqual({});
    expect(Object.values(await object.read())).toMatchObject([{ tokens: 5, models: {} }]);
  });
});
