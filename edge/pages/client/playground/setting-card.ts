import { make } from '../dom/elements.ts';
import { type Defaults, parameterControls, strategyControls } from './controls.ts';
import { STRATEGIES } from './parameters.ts';
import { type ShownAnswer, showAnswer } from './show-answer.ts';
import type { Setting } from './state.ts';

interface CardOptions {
  /** "A", "B", … */
  letter: string;
  setting: Setting;
  defaults: Defaults;
  /** Whether it may be taken away. */
  removable: boolean;
  onChange: (setting: Setting) => void;
  onRemove: () => void;
}

/** One setting beside others: its controls, and what came of it. */
export interface SettingCard {
  element: HTMLElement;
  setting: Setting;
  waiting(): void;
  answered(shown: Omit<ShownAnswer, 'setting'>): void;
  failed(message: string): void;
}

export function settingCard({
  letter,
  setting,
  defaults,
  removable,
  onChange,
  onRemove,
}: CardOptions): SettingCard {
  const id = `setting-${letter}`;
  const heading = make('h3', { id: `${id}-title` });
  const strategy = make('div', { className: 'stack controls' });
  const parameters = make('div', { className: 'controls' });
  const result = make(
    'div',
    { className: 'stack result' },
    make('p', { className: 'muted small' }, 'Not asked yet.'),
  );
  const remove = make(
    'button',
    { type: 'button', className: 'button quiet', ariaLabel: `Remove setting ${letter}` },
    'Remove',
  );
  remove.addEventListener('click', onRemove);
  const element = make(
    'section',
    { className: 'setting card stack' },
    make('div', { className: 'row setting-head' }, heading, ...(removable ? [remove] : [])),
    strategy,
    result,
    parameters,
  );
  element.setAttribute('aria-labelledby', heading.id);

  const card: SettingCard = {
    element,
    setting,
    waiting: () => result.replaceChildren(make('p', { className: 'muted' }, 'The model is choosing …')),
    answered: (shown) => result.replaceChildren(...showAnswer({ ...shown, setting: card.setting })),
    failed: (message) => result.replaceChildren(make('p', { className: 'callout problem' }, message)),
  };

  function show(): void {
    // What was in use stays in use: the controls are made anew.
    const focused = element.contains(document.activeElement) ? document.activeElement?.id : undefined;
    const opened = new Set(
      [...parameters.querySelectorAll('details')]
        .filter(({ open }) => open)
        .map(({ dataset }) => dataset['group']),
    );
    const letterBadge = make('span', { className: 'badge word' }, letter);
    heading.replaceChildren(letterBadge, ` ${STRATEGIES[card.setting.strategy].name}`);
    const options = { id, setting: card.setting, defaults, onChange: change };
    strategy.replaceChildren(...strategyControls(options));
    parameters.replaceChildren(...parameterControls(options));
    for (const group of parameters.querySelectorAll('details'))
      group.open = opened.has(group.dataset['group']);
    if (focused) document.getElementById(focused)?.focus();
  }

  function change(next: Setting): void {
    card.setting = next;
    show();
    onChange(next);
  }

  show();
  return card;
}
