import { UserError } from '../user-error.ts';
import type { HubContext } from './hub-context.ts';
import type { ModelReference } from './model-reference.ts';
import { explainNetworkError, explainRefusal } from './refusal.ts';
import { TransientError } from './transient-error.ts';

/** An answer whose body is given up when the hub keeps silent. */
export interface HubAnswer {
  response: Response;
  /** To be called at every sign of life: the time out starts anew. */
  heard: () => void;
  /** To be called at the end: nothing is waited for any more. */
  close: () => void;
}

/**
 * One GET. The token goes to the hub's own origin alone: a link that leads elsewhere gets none, and neither does a
 * redirect (fetch takes the header away where the origin changes).
 * @throws {UserError} a `TransientError` where another attempt may help; or the signal's reason
 */
export async function requestHub(
  url: string,
  reference: ModelReference,
  { context, range }: { context: HubContext; range?: string },
): Promise<HubAnswer> {
  const { settings, signal } = context;
  const isHub = new URL(url).origin === new URL(settings.endpoint).origin;
  const silence = new AbortController();
  const giveUp = () => silence.abort(new DOMException('silence', 'TimeoutError'));
  const timer = setTimeout(giveUp, settings.timeoutMs);
  const close = () => {
    clearTimeout(timer);
    silence.abort();
  };
  try {
    const response = await fetch(url, {
      headers: {
        // Sizes and ranges are those of the file itself.
        'accept-encoding': 'identity',
        ...(isHub && settings.token !== undefined && { authorization: `Bearer ${settings.token}` }),
        ...(range !== undefined && { range }),
      },
      signal: AbortSignal.any([signal, silence.signal]),
    });
    // 416 belongs to a range, and to whoever asked for it.
    if (!response.ok && response.status !== 416) {
      // Where a redirect led, a refusal is about the link, which is signed for a while: the hub gives another.
      throw new URL(response.url).origin === new URL(url).origin
        ? explainRefusal(response, reference, settings)
        : new TransientError(`${new URL(response.url).host} refuses the hub's link (${response.status}).`);
    }
    return { response, heard: () => timer.refresh(), close };
  } catch (error) {
    close();
    signal.throwIfAborted();
    throw error instanceof UserError ? error : explainNetworkError(error, settings);
  }
}
