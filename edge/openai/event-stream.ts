import { asApiError, type ApiError, errorBody } from '../errors.ts';

/**
 * How long an answer may keep a client waiting before it is sent its headers, and then the next sign of life. Proxies and
 * clients give a silent connection up after half a minute or more.
 */
export const KEEP_ALIVE_MS = 5_000;

interface EventSource<Result> {
  /** What the events are made of. */
  result: Promise<Result>;
  events(result: Result): Iterable<object>;
  /** The client has gone before the result was there. */
  onDeparture(): void;
  /** The result failed once the status had been sent. */
  onLateError(error: ApiError): void;
}

/**
 * Server-sent events as OpenAI sends them: a `data:` line of JSON each, `[DONE]` at the end, `{"error": …}` where it breaks
 * off. What fails before the first sign of life is due still has its own status.
 * @throws what `result` rejects with, while nothing has been sent
 */
export async function eventStream<Result>(source: EventSource<Result>): Promise<ReadableStream<Uint8Array>> {
  const { result } = source;
  const isThere = await settlesWithin(result, KEEP_ALIVE_MS);
  if (isThere) await result;

  let departed = false;
  return new ReadableStream<Uint8Array>({
    async start(controller) {
      const encoder = new TextEncoder();
      const send = (text: string) => {
        if (!departed) controller.enqueue(encoder.encode(`${text}\n\n`));
      };
      try {
        if (!isThere) send(': the model is thinking');
        while (!(await settlesWithin(result, KEEP_ALIVE_MS))) send(': still thinking');
        for (const event of source.events(await result)) send(`data: ${JSON.stringify(event)}`);
        send('data: [DONE]');
      } catch (thrown) {
        if (departed) return;
        const error = asApiError(thrown);
        source.onLateError(error);
        send(`data: ${JSON.stringify(errorBody(error))}`);
      }
      if (!departed) controller.close();
    },
    cancel() {
      departed = true;
      source.onDeparture();
    },
  });
}

async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer = 0;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const settled = promise.then(
    () => true,
    () => true,
  );
  return Promise.race([settled, late]).finally(() => clearTimeout(timer));
}
