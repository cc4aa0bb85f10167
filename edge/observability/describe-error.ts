import { ApiError } from '../errors.ts';
import { knownPart } from './known-messages.ts';

/** An error whose message is Tandem's own words and figures, and so may stand in the log. */
export class LoggableError extends Error {}

const MAX_FRAMES = 4;
const MAX_CAUSES = 3;

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
  // Any other message may quote what people wrote, an address with a token in it, or a secret.
  const said = knownPart(error.message);
  return [
    /^\w{1,40}$/.test(error.name) ? error.name : 'Error',
    flags.length > 0 ? ` (${flags.join(', ')})` : '',
    said === null ? '' : `: ${said}`,
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
