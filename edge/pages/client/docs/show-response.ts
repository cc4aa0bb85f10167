import { make } from '../dom/elements.ts';

/** The largest body that is shown whole, in characters: the description itself has a quarter of a million. */
const MOST_SHOWN = 20_000;

/** Sends a request and shows what came of it: status, time, headers and body, or why there is nothing. */
export async function showResponse(place: HTMLElement, send: () => Promise<Response>): Promise<void> {
  place.replaceChildren(make('p', { className: 'muted' }, 'Waiting for the answer …'));
  const startedAt = performance.now();
  try {
    const response = await send();
    const body = await response.text();
    const ms = Math.round(performance.now() - startedAt);
    place.replaceChildren(
      make(
        'p',
        { className: 'row' },
        make(
          'span',
          { className: `status-code s${String(response.status)[0]}` },
          `${response.status} ${response.statusText}`.trim(),
        ),
        make('span', { className: 'muted' }, `in ${ms} ms`),
      ),
      ...(body === '' ? [] : [block('Body', readable(body))]),
      folded('Headers', [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')),
    );
  } catch (error) {
    place.replaceChildren(
      make('p', { className: 'callout problem' }, `No answer: ${(error as Error).message}`),
    );
  }
}

function readable(body: string): string {
  let text = body;
  try {
    text = JSON.stringify(JSON.parse(body), null, 2);
  } catch {}
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}\n… ${text.length} characters in all` : text;
}

function block(name: string, text: string): HTMLElement {
  return make(
    'div',
    { className: 'snippet' },
    make('p', { className: 'snippet-name' }, name),
    make('pre', { tabIndex: 0 }, make('code', {}, text)),
  );
}

function folded(name: string, text: string): HTMLElement {
  return make(
    'details',
    {},
    make('summary', {}, name),
    make('pre', { tabIndex: 0, className: 'plain' }, make('code', {}, text)),
  );
}
