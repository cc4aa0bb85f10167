import { make } from '../dom/elements.ts';
import { type Parameter, parametersOf, STRATEGIES, type Strategy, type Value } from './parameters.ts';
import type { Setting } from './state.ts';

/** The model's own value of a parameter, where it has one. */
export type Defaults = Partial<Record<string, unknown>>;

interface ControlsOptions {
  /** What tells the labels of one setting from another's. */
  id: string;
  setting: Setting;
  defaults: Defaults;
  onChange: (setting: Setting) => void;
}

/** How a setting chooses, and how many of its hypotheses are shown. */
export function strategyControls({ id, setting, onChange }: ControlsOptions): HTMLElement[] {
  const strategies = Object.entries(STRATEGIES).map(([value, { name }]) =>
    make('option', { value, selected: value === setting.strategy }, name),
  );
  const strategy = make('select', { id: `${id}-strategy` }, ...strategies);
  strategy.addEventListener('change', () => onChange({ ...setting, strategy: strategy.value as Strategy }));

  const count = numberInput(`${id}-n`, { min: 1, step: 1 });
  count.value = String(setting.n);
  count.disabled = setting.strategy === 'greedy';
  count.addEventListener('change', () => {
    if (count.reportValidity()) onChange({ ...setting, n: Number(count.value) || 1 });
  });
  const { meaning } = STRATEGIES[setting.strategy];
  return [
    make('div', { className: 'strategy' }, labelled('Strategy', strategy), labelled('Replies', count)),
    hint(strategy.id, meaning, strategy),
  ];
}

/** What else has a meaning for the strategy, by group, folded; and above them what of it is set. */
export function parameterControls({ id, setting, defaults, onChange }: ControlsOptions): HTMLElement[] {
  const shown = parametersOf(setting.strategy);
  const set = shown.filter(({ name }) => setting.values[name] !== undefined);
  const summary = set.map(({ name }) => make('li', {}, make('code', {}, `${name} ${setting.values[name]}`)));
  const groups = [...Map.groupBy(shown, ({ group }) => group)].map(([group, parameters]) => {
    const fields = parameters.map((parameter) =>
      control(`${id}-${parameter.name}`, parameter, {
        value: setting.values[parameter.name],
        standard: defaults[parameter.name],
        onChange: (value) =>
          onChange({ ...setting, values: withValue(setting.values, parameter.name, value) }),
      }),
    );
    const details = make('details', { className: 'parameters' }, make('summary', {}, group), ...fields);
    details.dataset['group'] = group;
    return details;
  });
  return [...(set.length > 0 ? [make('ul', { className: 'values' }, ...summary)] : []), ...groups];
}

function withValue(values: Setting['values'], name: string, value: Value | undefined): Setting['values'] {
  const { [name]: _, ...others } = values;
  return value === undefined ? others : { ...others, [name]: value };
}

interface ControlOptions {
  value: Value | undefined;
  standard: unknown;
  onChange: (value: Value | undefined) => void;
}

function control(
  id: string,
  parameter: Parameter,
  { value, standard, onChange }: ControlOptions,
): HTMLElement {
  const { name, meaning, kind } = parameter;
  const own =
    standard === undefined || standard === null ? 'the model’s own' : `the model’s own: ${standard}`;
  if (kind === 'switch') {
    const box = make('input', { type: 'checkbox', id, checked: value === true });
    box.addEventListener('change', () => onChange(box.checked || undefined));
    return make(
      'div',
      { className: 'field switch' },
      make('label', { htmlFor: id }, box, ` ${name}`),
      hint(id, meaning, box),
    );
  }
  if (kind === 'choice') {
    const options = [
      make('option', { value: '' }, own),
      ...parameter.choices!.map((one) => make('option', { value: one }, one)),
    ];
    const select = make('select', { id }, ...options);
    select.value = value === undefined ? '' : String(value);
    select.addEventListener('change', () => onChange(select.value || undefined));
    return labelled(name, select, meaning);
  }
  if (kind === 'texts' || kind === 'biases') {
    const input = make('input', {
      type: 'text',
      id,
      value: String(value ?? ''),
      placeholder: parameter.placeholder ?? '',
    });
    input.addEventListener('change', () => onChange(input.value.trim() || undefined));
    return labelled(name, input, meaning);
  }
  const input = numberInput(id, { ...parameter, step: parameter.step ?? 1 });
  input.placeholder = own;
  input.value = value === undefined ? '' : String(value);
  input.addEventListener('change', () => {
    const number = input.value === '' || !input.validity.valid ? undefined : Number(input.value);
    if (input.reportValidity()) onChange(number);
  });
  return labelled(name, input, meaning);
}

function numberInput(
  id: string,
  { min, max, step }: { min?: number; max?: number; step: number },
): HTMLInputElement {
  const input = make('input', { type: 'number', id, step: String(step), inputMode: 'decimal' });
  if (min !== undefined) input.min = String(min);
  if (max !== undefined) input.max = String(max);
  return input;
}

function labelled(name: string, input: HTMLElement, meaning?: string): HTMLElement {
  return make(
    'div',
    { className: 'field' },
    make('label', { htmlFor: input.id }, name),
    input,
    ...(meaning === undefined ? [] : [hint(input.id, meaning, input)]),
  );
}

function hint(id: string, meaning: string, input: HTMLElement): HTMLElement {
  input.setAttribute('aria-describedby', `${id}-hint`);
  return make('p', { className: 'hint', id: `${id}-hint` }, meaning);
}
