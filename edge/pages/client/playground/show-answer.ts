import { make } from '../dom/elements.ts';
import type { Answer, Hypothesis, Token } from './answer.ts';
import { findRepeats } from './repeats.ts';
import type { Phase } from './server-timing.ts';
import type { Setting } from './state.ts';
import { showTree } from './show-tree.ts';

/** The size of n-grams that are looked for where a setting blocks none: what BlenderBots block. */
const USUAL_SIZE = 3;

const ENDS: Record<Hypothesis['finishReason'], string> = {
  stop: 'ended by itself',
  length: 'cut at the most tokens',
  content_filter: 'replaced by the word filter',
};

export interface ShownAnswer {
  answer: Answer;
  setting: Setting;
  /** The texts of the tokens that the model read. */
  said: readonly string[];
}

export function showAnswer({ answer, setting, said }: ShownAnswer): HTMLElement[] {
  const { hypotheses } = answer;
  return [
    timing(answer),
    make('ol', { className: 'hypotheses' }, ...hypotheses.map((one) => hypothesis(one, { setting, said }))),
    ...(hypotheses.length > 1 ? [showTree(hypotheses)] : []),
  ];
}

function hypothesis(
  { text, tokens, finishReason }: Hypothesis,
  { setting, said }: Omit<ShownAnswer, 'answer'>,
): HTMLElement {
  const sizes = {
    within: Number(setting.values['no_repeat_ngram_size'] ?? USUAL_SIZE) || USUAL_SIZE,
    taken: Number(setting.values['encoder_no_repeat_ngram_size'] ?? USUAL_SIZE) || USUAL_SIZE,
  };
  const texts = tokens.map((token) => token.text);
  const { within, count } = findRepeats(texts, { size: sizes.within, said: [] });
  const { taken } = findRepeats(texts, { size: sizes.taken, said });
  const sum = tokens.reduce((total, { logprob }) => total + logprob, 0);
  const marks = tokens.flatMap((token, place) =>
    tokenMark(token, { again: within.has(place), taken: taken.has(place) }),
  );
  return make(
    'li',
    {},
    make('p', { className: 'reply-text' }, ...(marks.length > 0 ? marks : [text])),
    make(
      'p',
      { className: 'hint' },
      [
        tokens.length === 0
          ? 'no tokens of the model'
          : `log-probability ${sum.toFixed(2)}, ${(sum / tokens.length).toFixed(2)} a token`,
        `${tokens.length} tokens`,
        ENDS[finishReason],
      ].join(' · '),
    ),
    ...(tokens.length > 0 ? [tokenByToken(tokens)] : []),
    ...(count > 0
      ? [
          note(
            'again',
            `${count} ${sizes.within}-grams come again: no_repeat_ngram_size ${sizes.within} prevents them.`,
          ),
        ]
      : []),
    ...(taken.size > 0
      ? [
          note(
            'taken',
            `Taken over from what was said: encoder_no_repeat_ngram_size ${sizes.taken} prevents it.`,
          ),
        ]
      : []),
  );
}

/** A token, shaded by how sure the model was of it. The space before it stands apart, where lines may break. */
function tokenMark(
  { text, logprob }: Token,
  { again, taken }: { again: boolean; taken: boolean },
): (HTMLElement | string)[] {
  const mark = make('span', { className: 'token', title: sureness(logprob) }, text.replace(/^ /, ''));
  mark.style.setProperty('--doubt', doubt(logprob));
  mark.classList.toggle('again', again);
  mark.classList.toggle('taken', taken);
  return text.startsWith(' ') ? [' ', mark] : [mark];
}

/** The same for who cannot point at a token: how sure the model was of each, written beneath it. */
function tokenByToken(tokens: readonly Token[]): HTMLElement {
  const items = tokens.map(({ text, logprob }) => {
    const item = make(
      'li',
      {},
      make('span', { className: 'piece' }, text.replaceAll(' ', '␣').replaceAll('\n', '↵') || 'end'),
      make('span', { className: 'sure' }, sureness(logprob)),
    );
    item.style.setProperty('--doubt', doubt(logprob));
    return item;
  });
  const list = make('ol', { className: 'tokens' }, ...items);
  list.ariaLabel = 'How sure the model was of each token';
  return make('details', { className: 'by-token' }, make('summary', {}, 'Token by token'), list);
}

/** The model's own probability of a token: "43 %". */
function sureness(logprob: number): string {
  const percent = Math.exp(logprob) * 100;
  return `${percent < 1 ? '< 1' : Math.round(percent)} %`;
}

function doubt(logprob: number): string {
  return `${Math.round(100 - Math.exp(logprob) * 100)}%`;
}

function note(kind: string, text: string): HTMLElement {
  return make('p', { className: `note ${kind}` }, text);
}

const PHASES: Record<string, string> = {
  tokenize: 'tokenize, at the edge',
  queue: 'wait in the backend’s queue',
  inference: 'inference',
};

/** Where the time went, as the edge tells it, to scale. */
function timing({ phases, ms }: Answer): HTMLElement {
  const total = phases.find(({ name }) => name === 'total')?.ms ?? ms;
  const known = phases.filter(({ name }) => Object.hasOwn(PHASES, name));
  const rest = Math.max(0, total - known.reduce((sum, phase) => sum + phase.ms, 0));
  const parts: Phase[] = [...known, { name: 'rest', ms: rest }];
  const bar = make('div', { className: 'timing-bar', ariaHidden: 'true' });
  for (const part of parts) {
    const piece = make('span', { className: part.name });
    piece.style.flexGrow = String(Math.max(part.ms, total / 200));
    bar.append(piece);
  }
  const words = parts.map(({ name, ms: lasted }) =>
    make('li', { className: name }, `${PHASES[name] ?? 'on the way between them'} ${Math.round(lasted)} ms`),
  );
  return make(
    'details',
    { className: 'timing' },
    make('summary', {}, `${Math.round(total)} ms at the edge, ${Math.round(ms)} ms from here`, bar),
    make('ul', {}, ...words),
  );
}
