import type { Context } from 'hono';
import type { ModelCall } from '../conversation/reply.ts';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import { describeError } from '../observability/describe-error.ts';
import { eventStream } from '../openai/event-stream.ts';
import { backendCall } from './backend-call.ts';

interface Answer<Result> {
  /** Starts the work; the call ends when the client goes away. */
  generate(call: ModelCall): Promise<Result>;
  whole(result: Result): object;
  /** The same as the events of a stream, or null where none is asked for. */
  events: ((result: Result) => Iterable<object>) | null;
}

/** Answers in one piece, or as a stream of events. */
export async function answer<Result>(
  c: Context<AppEnv>,
  { log }: Pick<AppDependencies, 'log'>,
  { generate, whole, events }: Answer<Result>,
): Promise<Response> {
  const call = backendCall(c);
  if (events === null) return c.json(whole(await generate(call)));
  const departure = new AbortController();
  const result = generate({ ...call, signal: AbortSignal.any([call.signal, departure.signal]) });
  c.set('underWay', result);
  const stream = await eventStream({
    result,
    events,
    onDeparture: () => departure.abort(),
    // The request's own entry has the status, which was 200.
    onLateError: ({ code, cause }) =>
      log({
        ...{ event: 'stream_error', request_id: call.requestId, code },
        ...(cause !== undefined && { cause: describeError(cause) }),
      }),
  });
  c.header('content-type', 'text/event-stream; charset=utf-8');
  // nginx holds a stream back otherwise.
  c.header('x-accel-buffering', 'no');
  return c.body(stream);
}
