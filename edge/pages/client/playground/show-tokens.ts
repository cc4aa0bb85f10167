import { make } from '../dom/elements.ts';
import type { Packed } from './answer.ts';

/** What the model reads, token by token, and what it no longer reads. */
export function showTokens({ ids, texts, most, droppedTurns, truncated }: Packed): HTMLElement[] {
  const items = ids.map((id, place) =>
    make(
      'li',
      {},
      make('span', { className: 'piece' }, texts[place]?.replaceAll(' ', '␣').replaceAll('\n', '↵') || 'end'),
      make('span', { className: 'id' }, String(id)),
    ),
  );
  const list = make('ol', { className: 'tokens', tabIndex: 0 }, ...items);
  list.ariaLabel = 'Tokens that the model reads';
  const meter = make('meter', { min: 0, max: most, value: ids.length, high: most * 0.9, optimum: 0 });
  meter.ariaLabel = 'How much of what the model can read is used';
  return [
    make('p', { className: 'row small' }, meter, `${ids.length} of ${most} tokens that the model can read`),
    list,
    ...(droppedTurns > 0
      ? [
          problem(
            `${droppedTurns === 1 ? 'The oldest turn does' : `The ${droppedTurns} oldest turns do`} not fit: the model is not given them.`,
          ),
        ]
      : []),
    ...(truncated ? [problem('The message itself is too long: the model reads its end alone.')] : []),
  ];
}

function problem(text: string): HTMLElement {
  return make('p', { className: 'callout small' }, text);
}
