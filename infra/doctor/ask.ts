/** How long a server may take to answer a question that costs it nothing. */
const PATIENCE_MS = 5_000;

export type Asked =
  | { answered: true; status: number; body: unknown; date: string | null; ms: number }
  | { answered: false; why: string };

/** Asks a server and never throws. `body` is what it answered, as JSON; undefined where it is none. */
export async function ask(url: string, init: RequestInit = {}): Promise<Asked> {
  const started = performance.now();
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const body: unknown = await response.json().catch(() => undefined);
    const ms = Math.round(performance.now() - started);
    return { answered: true, status: response.status, body, date: response.headers.get('date'), ms };
  } catch (error) {
    const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } };
    const why =
      name === 'TimeoutError'
        ? `no answer in ${PATIENCE_MS / 1_000} s`
        : (cause?.code ?? cause?.message ?? message);
    return { answered: false, why };
  }
}
