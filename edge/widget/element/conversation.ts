import { TandemClient } from '../client/tandem-client.ts';
import { lines } from './attributes.ts';
import type { PanelActions } from './panel.ts';

const WORD_MS = 35;

interface Talker extends Element {
  persona: string[] | undefined;
  parameters: Record<string, unknown> | undefined;
}

/** A client as an element's attributes and properties describe it. */
export function connect(element: Talker, url: string): TandemClient {
  return new TandemClient({
    url,
    key: element.getAttribute('key') || undefined,
    persona: element.persona ?? lines(element.getAttribute('persona')),
    parameters: element.parameters,
    wordMs: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : WORD_MS,
  });
}

/** What a panel's controls do with the conversation. */
export function actionsOn(client: TandemClient, close: () => void): PanelActions {
  return {
    close,
    send: (text) => quietly(client.send(text)),
    stop: () => client.stop(),
    retry: (id) => quietly(client.retry(id)),
    reset: () => quietly(client.reset()),
  };
}

/** What goes wrong is in the state, or told by an event. */
export function quietly(work: Promise<unknown>): void {
  work.catch(() => {});
}
