import { ApiError } from '../errors.ts';

/** An error whose message is Tandem's own words and figures, and so may stand in the log. */
export class LoggableError extends Error {}

const MAX_FRAMES = 4;
const MAX_CAUSES = 3;

/**
 * What is logged of messages from elsewhere: the platform's words for what passes, and ours where they come from an object of the worker's
 * own, which hands on messages and not classes. Everything else may quote what people wrote, an address with a token in it, or a secret.
 */
const QUOTES_NOTHING =
  /^(Network connection lost|internal error|Internal error in Durable Object storage|The operation was aborted( due to timeout)?|The script will never generate a response|(KV|Queue) \w{2,8} failed: \d{3}|Too many (subrequests|API requests)[a-z ]*|(Durable Object|Worker|Cannot resolve Durable Object|Your account is|Exceeded) [A-Za-z ,]{0,100}|A stored session is [\w ,]{0,60})/;

/** What errors of Durable Objects say of themselves. */
const FLAGS = ['remote', 'retryable', 'overloaded'] as const;

/**
 * An error in one line for the log: its name, what is known to quote nothing of its message, where it was thrown, and what caused it.
 * @param options.frames how many calls of its stack are named at most
 */
export function describeError(error: unknown, { frames = MAX_FRAMES } = {}): string {
  return withCauses(error)
    .map((each) => describeOne(each, frames))
    .join(', caused by ');
}

function withCauses(error: unknown): unknown[] {
  const chain = [error];
  for (let last = error; chain.length < MAX_CAUSES && last instanceof Error && last.cause !== undefined; ) {
    last = last.cause;
    chain.push(last);
  }
  return chain;
}

function describeOne(error: unknown, frames: number): string {
  if (error instanceof ApiError) return error.code;
  if (error instanceof AggregateError)
    return error.errors.map((each) => describeOne(each, frames)).join('; ');
  if (!(error instanceof Error)) return `a thrown ${typeof error}`;
  if (error instanceof LoggableError) return `${error.name}: ${error.message}`;
  const flags = FLAGS.filter((flag) => flag in error && error[flag as keyof Error]);
  const said = QUOTES_NOTHING.exec(error.message)?.[0];
  return [
    /^\w{1,40}$/.test(error.name) ? error.name : 'Error',
    flags.length > 0 ? ` (${flags.join(', ')})` : '',
    said === undefined ? '' : `: ${said}`,
    ...framesOf(error)
      .slice(0, frames)
      .map((frame) => ` ${frame}`),
  ].join('');
}

/** The calls of a stack. It begins with the message, whose lines may look like calls. */
function framesOf({ stack = '', message }: Error): string[] {
  const start = stack.indexOf(message);
  if (start < 0) return [];
  return [...stack.slice(start + message.length).matchAll(/^\s+(at \S.{0,300})$/gm)].map(
    ([, frame]) => frame!,
  );
}
