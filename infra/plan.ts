import { Command, InvalidArgumentError } from 'commander';
import { plan, renderPlans } from './plan/plan.ts';

const DEFAULT_REPLIES = [10, 1_000, 100_000];

const program = new Command('plan')
  .description(
    'Tells what replies take of Cloudflare and of GPUs, what that costs a month, and what one of each thing carries. docs/scale.md has the formulas.',
  )
  .argument(
    '[replies...]',
    'replies a second, the mean of a month; several stand side by side',
    readNumbers,
    DEFAULT_REPLIES,
  )
  .option('--peak <times>', 'how many times that is asked for in the busiest time', readNumber, 2)
  .option('--turns <n>', 'turns of a session', readNumber, 10)
  .option('--gap <seconds>', 'between two turns', readNumber, 40)
  .option('--channels <share>', 'of the replies that go to Slack and other channels', readShare, 0)
  .option('--webhooks <share>', 'of the turns that a webhook is told of', readShare, 0)
  .option('--json', 'for programs', false)
  .parse();

const { peak, turns, gap, channels, webhooks, json } = program.opts<{
  peak: number;
  turns: number;
  gap: number;
  channels: number;
  webhooks: number;
  json: boolean;
}>();
const [loads] = program.processedArgs as [number[]];
const plans = loads.map((repliesPerSecond) =>
  plan({
    ...{ repliesPerSecond, peak, channels, webhooks },
    ...{ turnsPerSession: turns, secondsBetweenTurns: gap },
  }),
);
const [first, ...others] = plans;
console.log(json ? JSON.stringify(plans, null, 2) : renderPlans([first!, ...others]).trimEnd());

function readNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number > 0) || number > 1e9)
    throw new InvalidArgumentError('It is a number above 0, such as 10.');
  return number;
}

/** The default is replaced by the first that is given. */
function readNumbers(text: string, before: number[]): number[] {
  const given = before === DEFAULT_REPLIES ? [] : before;
  return [...given, readNumber(text)];
}

function readShare(text: string): number {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0 && share <= 1))
    throw new InvalidArgumentError('It is a share from 0 to 1, such as 0.1.');
  return share;
}
