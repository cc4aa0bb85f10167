import { make } from '../dom/elements.ts';
import type { Hypothesis } from './answer.ts';
import { type Branch, hypothesisTree } from './tree.ts';

/** The hypotheses as a tree, left to right: what they share stands once. */
export function showTree(hypotheses: Hypothesis[]): HTMLElement {
  const root = hypothesisTree(hypotheses.map(({ tokens }) => tokens.map(({ text }) => text)));
  const tree = make('ul', { className: 'tree', tabIndex: 0 }, branch(root));
  tree.ariaLabel = 'The hypotheses as a tree';
  return make('details', { className: 'parting', open: true }, make('summary', {}, 'Where they part'), tree);
}

function branch({ tokens, ends, branches }: Branch): HTMLElement {
  const text = tokens.join('').trim();
  const marks = ends.map((place) => make('span', { className: 'badge token' }, String(place + 1)));
  return make(
    'li',
    {},
    make('span', { className: 'twig' }, text === '' ? 'start' : text, ...marks),
    ...(branches.length > 0 ? [make('ul', {}, ...branches.map(branch))] : []),
  );
}
