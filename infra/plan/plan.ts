import { formatTable } from '../terminal/table.ts';
import { type Fleet, fleetFor, repliesOfDevice } from './fleet.ts';
import { limits } from './limits.ts';
import { BASE_DOLLARS, dollars, type Meter, METERS } from './prices.ts';
import { type Load, MONTH_SECONDS, usePerReply } from './usage.ts';

/** A load, what it takes of everything, and a month's bill. */
export interface Plan {
  load: Load;
  month: { meter: Meter; amount: number; dollars: number }[];
  gpus: Fleet;
  edgeDollars: number;
  totalDollars: number;
  dollarsPerMillionReplies: number;
}

export function plan(load: Load): Plan {
  const replies = load.repliesPerSecond * MONTH_SECONDS;
  const month = (Object.entries(usePerReply(load)) as [Meter, number][]).map(([meter, perReply]) => ({
    ...{ meter, amount: perReply * replies },
    dollars: dollars(meter, perReply * replies),
  }));
  const edgeDollars = BASE_DOLLARS + month.reduce((sum, line) => sum + line.dollars, 0);
  const gpus = fleetFor('gpu', load.repliesPerSecond * load.peak);
  const totalDollars = edgeDollars + gpus.dollarsAMonth;
  const dollarsPerMillionReplies = (totalDollars / replies) * 1e6;
  return { load, month, gpus, edgeDollars, totalDollars, dollarsPerMillionReplies };
}

/** Plans side by side, of loads that differ in their replies alone; then what one of each thing carries. */
export function renderPlans(plans: readonly [Plan, ...Plan[]]): string {
  const [{ load }] = plans;
  const rows = (Object.keys(METERS) as Meter[]).map((meter, index) => [
    METERS[meter].name,
    short(usePerReply(load)[meter]),
    ...plans.map(({ month }) => `${short(month[index]!.amount)}, $${short(month[index]!.dollars)}`),
  ]);
  const all = (name: string, of: (plan: Plan) => string) => [name, '', ...plans.map(of)];
  const month = formatTable(
    ['A MONTH', 'A REPLY', ...plans.map((each) => `${short(each.load.repliesPerSecond)} REPLIES/S`)],
    [
      ...rows,
      all('edge', ({ edgeDollars }) => `$${short(edgeDollars)}`),
      [
        'GPUs (assumed), and spare',
        `${short(1_000 / repliesOfDevice('gpu'))} ms`,
        ...plans.map(({ gpus }) => `${gpus.devices} + ${gpus.spare}, $${short(gpus.dollarsAMonth)}`),
      ],
      all('all', ({ totalDollars }) => `$${short(totalDollars)}`),
      all('a million replies', (each) => `$${short(each.dollarsPerMillionReplies)}`),
    ],
  );
  const holds = formatTable(
    ['CARRIES', 'REPLIES/S'],
    limits(load).map(({ what, repliesPerSecond }) => [what, short(repliesPerSecond)]),
  );
  return `${month}\n\n${holds}\n`;
}

const UNITS = [
  [1e9, ' billion'],
  [1e6, ' million'],
] as const;

/** 1_234_567 → "1.23 million", 1234 → "1,230", 0.01234 → "0.0123": three digits. */
function short(value: number): string {
  const rounded = Number(value.toPrecision(3));
  const [size, unit] = UNITS.find(([least]) => rounded >= least) ?? [1, ''];
  return `${(rounded / size).toLocaleString('en', { maximumSignificantDigits: 3 })}${unit}`;
}
