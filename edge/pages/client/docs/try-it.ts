import type { Caller } from '../dom/caller.ts';
import { make } from '../dom/elements.ts';
import { showResponse } from './show-response.ts';

interface TriedParameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
}

/** Gives an operation a button, behind which a form sends its real request. */
export function offerTry(operation: HTMLElement, caller: Caller): void {
  const column = operation.querySelector('.example-column > .stack');
  const button = make('button', { type: 'button', className: 'button', ariaExpanded: 'false' }, 'Try it');
  let form: HTMLFormElement | null = null;
  button.addEventListener('click', () => {
    if (form === null) {
      form = tryForm(operation, caller);
      form.hidden = true;
      column?.append(form);
    }
    form.hidden = !form.hidden;
    button.ariaExpanded = String(!form.hidden);
    if (!form.hidden) form.querySelector<HTMLElement>('input, textarea, button')?.focus();
  });
  column?.append(make('div', { className: 'row' }, button));
}

function tryForm(operation: HTMLElement, caller: Caller): HTMLFormElement {
  const { method = 'GET', path = '/', parameters = '[]', body } = operation.dataset;
  const described = JSON.parse(parameters) as TriedParameter[];
  const inputs = described.map((parameter) => ({
    parameter,
    input: make('input', {
      type: 'text',
      name: parameter.name,
      required: parameter.required,
      autocomplete: 'off',
      spellcheck: false,
    }),
  }));
  const text = make('textarea', { name: 'body', value: body ?? '', spellcheck: false, className: 'code' });
  const answer = make('div', { className: 'try-answer', role: 'status' });
  const send = make('button', { type: 'submit', className: 'button primary' }, `Send ${method}`);
  const form = make(
    'form',
    { className: 'try card stack' },
    ...inputs.map(({ parameter, input }) => field(`${parameter.name} (${parameter.in})`, input)),
    ...(body === undefined ? [] : [field('Body', text)]),
    make(
      'div',
      { className: 'row' },
      send,
      make('span', { className: 'hint' }, 'A real request to this server.'),
    ),
    answer,
  );

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    send.disabled = true;
    const values = inputs.map(({ parameter, input }) => ({ ...parameter, value: input.value.trim() }));
    await showResponse(answer, () =>
      caller.call(address(path, values), {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...Object.fromEntries(
            values
              .filter(({ in: place, value }) => place === 'header' && value !== '')
              .map(({ name, value }) => [name, value]),
          ),
        },
        ...(body !== undefined && text.value.trim() !== '' && { body: text.value }),
      }),
    );
    send.disabled = false;
  });
  return form;
}

function address(path: string, values: (TriedParameter & { value: string })[]): string {
  let filled = path;
  const query = new URLSearchParams();
  for (const { name, in: place, value } of values) {
    if (place === 'path')
      filled = filled.replace(`{${name}}`, value.split('/').map(encodeURIComponent).join('/'));
    if (place === 'query' && value !== '') query.set(name, value);
  }
  return query.size === 0 ? filled : `${filled}?${query}`;
}

function field(name: string, input: HTMLElement): HTMLElement {
  return make('label', { className: 'field' }, make('span', { className: 'label' }, name), input);
}
