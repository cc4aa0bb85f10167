import type { RequestFigures } from '../observability/request-figures.ts';
import { addHistogram, addTime, type Histogram } from './histogram.ts';

/** What one model did and what people thought of it. */
export interface ModelFigures {
  /** Replies that it was to give and gave, and what they took. */
  replies: number;
  ms: Histogram;
  /** Of those, where the word filter passed over something that it had generated. */
  flagged: number;
  /** Replies that it was to give and another model gave. */
  fallbacks: number;
  /** Ratings of its replies. */
  up: number;
  down: number;
}

/** By the model's name. */
export type FiguresByModel = Record<string, ModelFigures>;

export function countModels(
  figures: FiguresByModel,
  { replies, feedback }: Pick<RequestFigures, 'replies' | 'feedback'>,
): void {
  for (const { model, meant, ms, flagged } of replies) {
    const counted = figuresOf(figures, meant);
    // What another model took and said is no measure of this one, nor, after a wait, of that one.
    if (model !== meant) counted.fallbacks += 1;
    else {
      counted.replies += 1;
      counted.flagged += flagged ? 1 : 0;
      addTime(counted.ms, ms);
    }
  }
  if (feedback === null || feedback.before === feedback.rating) return;
  const rated = figuresOf(figures, feedback.model);
  rated[feedback.rating] += 1;
  // Whoever changes their mind has one voice.
  if (feedback.before !== null) rated[feedback.before] -= 1;
}

export function addModels(sum: FiguresByModel, added: FiguresByModel): void {
  for (const [name, { ms, ...counts }] of Object.entries(added)) {
    const figures = figuresOf(sum, name);
    addHistogram(figures.ms, ms);
    for (const [count, value] of Object.entries(counts)) figures[count as keyof typeof counts] += value;
  }
}

function figuresOf(figures: FiguresByModel, name: string): ModelFigures {
  figures[name] ??= { replies: 0, ms: {}, flagged: 0, fallbacks: 0, up: 0, down: 0 };
  return figures[name];
}
