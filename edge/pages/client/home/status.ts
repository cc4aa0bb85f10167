import { find } from '../dom/elements.ts';

const EVERY_MS = 10_000;
const PATIENCE_MS = 8_000;

interface Health {
  status: 'ok' | 'degraded';
  version: string;
  backends: { ready: boolean; in_flight: number; waiting: number | null }[];
}

type Tone = 'good' | 'warning' | 'bad';

/** Asks how edge and backend do, now and then while somebody looks. */
export function watchStatus(): void {
  const edge = find('[data-status="edge"]');
  const backend = find('[data-status="backend"]');

  async function ask(): Promise<void> {
    const startedAt = performance.now();
    try {
      const response = await fetch('/healthz', { signal: AbortSignal.timeout(PATIENCE_MS) });
      const health = (await response.json()) as Health;
      const ms = Math.max(1, Math.round(performance.now() - startedAt));
      tell(edge, { tone: 'good', text: `answers in ${ms} ms`, title: `Version ${health.version}` });
      tell(backend, backendState(health));
    } catch {
      const offline = navigator.onLine ? 'does not answer' : 'you are offline';
      tell(edge, { tone: 'bad', text: offline });
      tell(backend, { tone: 'warning', text: 'unknown' });
    }
  }

  ask();
  setInterval(() => {
    if (document.visibilityState === 'visible') ask();
  }, EVERY_MS);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') ask();
  });
}

function backendState({ backends }: Health): { tone: Tone; text: string } {
  const ready = backends.filter((one) => one.ready).length;
  if (ready === 0) return { tone: 'bad', text: 'away' };
  const waiting = backends.reduce((sum, one) => sum + (one.waiting ?? 0), 0);
  const busy = waiting > 0 ? `, ${waiting} waiting` : '';
  if (ready < backends.length)
    return { tone: 'warning', text: `${ready} of ${backends.length} ready${busy}` };
  return { tone: 'good', text: backends.length === 1 ? `ready${busy}` : `${ready} ready${busy}` };
}

function tell(place: HTMLElement, state: { tone: Tone; text: string; title?: string }): void {
  // Only what is new, so that a reader of the page is not told the same again.
  if (place.textContent !== state.text) place.textContent = state.text;
  place.className = `state ${state.tone}`;
  place.title = state.title ?? '';
}
