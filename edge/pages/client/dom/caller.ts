/** Sends requests to this page's own server, with whatever the person or the page has to show. */
export interface Caller {
  /** @throws the browser's, where nothing comes back or the signal is aborted */
  call(path: string, init?: CallInit): Promise<Response>;
}

export interface CallInit {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
}

const TRADE = '/v1/session-tokens';

/**
 * @param credential a publishable key, which is traded for a session token first; what else it is, is sent as it is; "" sends
 *   nothing
 */
export function callerWith(credential: () => string): Caller {
  let token: string | null = null;
  let tradedKey = '';

  async function bearer(path: string): Promise<string> {
    const shown = credential();
    if (!shown.startsWith('pk_') || path.startsWith(TRADE)) return shown;
    if (token === null || tradedKey !== shown) token = await trade(shown);
    tradedKey = shown;
    return token ?? shown;
  }

  async function send(path: string, init: CallInit): Promise<Response> {
    const shown = await bearer(path);
    const headers = { ...init.headers, ...(shown !== '' && { authorization: `Bearer ${shown}` }) };
    const response = await fetch(path, { ...init, headers });
    token = response.headers.get('x-tandem-session-token') ?? token;
    return response;
  }

  return {
    async call(path, init = {}) {
      const response = await send(path, init);
      if (response.status !== 401 || token === null) return response;
      // The token is over: the page was left open, or slept.
      token = null;
      return send(path, init);
    },
  };
}

/** @returns null where the key is not taken: the request itself then says why */
async function trade(key: string): Promise<string | null> {
  const response = await fetch(TRADE, { method: 'POST', headers: { authorization: `Bearer ${key}` } });
  if (!response.ok) return null;
  const { token } = (await response.json()) as { token: string };
  return token;
}
