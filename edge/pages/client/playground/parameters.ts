/** How tokens are chosen, as people name it. */
export type Strategy = 'own' | 'greedy' | 'beams' | 'sampling' | 'delayed';

export const STRATEGIES: Record<Strategy, { name: string; meaning: string }> = {
  own: {
    name: 'The model’s own',
    meaning: 'What its makers recommend: nothing is said, so its own way holds.',
  },
  greedy: {
    name: 'Greedy',
    meaning: 'The likeliest token, each time. Quick, and blind to what comes after.',
  },
  beams: {
    name: 'Beam search',
    meaning: 'Several beginnings go on side by side; those whose whole is likeliest survive.',
  },
  sampling: { name: 'Sampling', meaning: 'Each token is drawn by lot, the likelier the more often.' },
  delayed: {
    name: 'Delayed beams',
    meaning: 'Each beam draws its first tokens, then they compete: variety at first, sense after.',
  },
};

export type Value = number | string | boolean;

export interface Parameter {
  name: string;
  /** One plain sentence. */
  meaning: string;
  group: 'Search' | 'Drawing' | 'Repetition' | 'Length' | 'Words';
  kind: 'integer' | 'number' | 'choice' | 'switch' | 'texts' | 'biases';
  /** Where it has a meaning; everywhere if left out. */
  strategies?: Strategy[];
  min?: number;
  max?: number;
  step?: number;
  choices?: string[];
  placeholder?: string;
}

const SEARCHING: Strategy[] = ['beams', 'delayed'];
const DRAWING: Strategy[] = ['sampling', 'delayed'];

/** Every parameter of a chat completion that shapes the reply, in the order in which it is shown. */
export const PARAMETERS: Parameter[] = [
  {
    name: 'num_beams',
    meaning: 'How many beginnings are kept side by side.',
    group: 'Search',
    kind: 'integer',
    strategies: SEARCHING,
    min: 2,
  },
  {
    name: 'beam_delay',
    meaning: 'How many tokens each beam draws before they compete.',
    group: 'Search',
    kind: 'integer',
    strategies: ['delayed'],
    min: 1,
    max: 60,
  },
  {
    name: 'length_penalty',
    meaning: 'Above 1 prefers longer replies, below 1 shorter ones.',
    group: 'Search',
    kind: 'number',
    strategies: SEARCHING,
    min: -3,
    max: 10,
    step: 0.05,
  },
  {
    name: 'early_stopping',
    meaning: 'Whether to end once enough replies are finished, though a better one may still come.',
    group: 'Search',
    kind: 'choice',
    strategies: SEARCHING,
    choices: ['true', 'false', 'never'],
  },
  {
    name: 'temperature',
    meaning: 'Low keeps to what is likely, high dares what is not.',
    group: 'Drawing',
    kind: 'number',
    strategies: DRAWING,
    min: 0.05,
    max: 5,
    step: 0.05,
  },
  {
    name: 'top_k',
    meaning: 'Draws from the likeliest tokens alone: so many of them.',
    group: 'Drawing',
    kind: 'integer',
    strategies: DRAWING,
    min: 0,
    max: 1000,
  },
  {
    name: 'top_p',
    meaning: 'Draws from the likeliest tokens alone: those that make up this share together.',
    group: 'Drawing',
    kind: 'number',
    strategies: DRAWING,
    min: 0,
    max: 1,
    step: 0.01,
  },
  {
    name: 'min_p',
    meaning: 'Leaves out tokens that are less than this share as likely as the likeliest.',
    group: 'Drawing',
    kind: 'number',
    strategies: DRAWING,
    min: 0,
    max: 1,
    step: 0.01,
  },
  {
    name: 'seed',
    meaning: 'The same number draws the same reply again.',
    group: 'Drawing',
    kind: 'integer',
    strategies: DRAWING,
    min: 0,
    max: 2 ** 31,
  },
  {
    name: 'best_of',
    meaning: 'Draws so many replies and shows the likeliest.',
    group: 'Drawing',
    kind: 'integer',
    strategies: ['sampling'],
    min: 1,
  },
  {
    name: 'no_repeat_ngram_size',
    meaning: 'So many tokens in a row never come twice in a reply. 0 allows everything.',
    group: 'Repetition',
    kind: 'integer',
    min: 0,
    max: 10,
  },
  {
    name: 'encoder_no_repeat_ngram_size',
    meaning: 'So many tokens in a row are never taken over from what was said. 0 allows everything.',
    group: 'Repetition',
    kind: 'integer',
    min: 0,
    max: 10,
  },
  {
    name: 'repetition_penalty',
    meaning: 'Above 1 makes tokens that came already less likely.',
    group: 'Repetition',
    kind: 'number',
    min: 0.05,
    max: 10,
    step: 0.05,
  },
  {
    name: 'max_tokens',
    meaning: 'The reply ends after so many tokens.',
    group: 'Length',
    kind: 'integer',
    min: 1,
    max: 512,
  },
  {
    name: 'min_tokens',
    meaning: 'The reply may not end before so many tokens.',
    group: 'Length',
    kind: 'integer',
    min: 0,
    max: 512,
  },
  {
    name: 'ignore_eos',
    meaning: 'Goes on until the most tokens, whatever the model wants.',
    group: 'Length',
    kind: 'switch',
  },
  {
    name: 'stop',
    meaning: 'Texts that end the reply, a comma between them.',
    group: 'Words',
    kind: 'texts',
    placeholder: '!, ?',
  },
  {
    name: 'bad_words',
    meaning: 'Words that must not come, a comma between them.',
    group: 'Words',
    kind: 'texts',
    placeholder: 'dog, cat',
  },
  {
    name: 'logit_bias',
    meaning: 'Token ids that are made likelier or less so, from -100 to 100.',
    group: 'Words',
    kind: 'biases',
    placeholder: '464: -100, 8: 5',
  },
];

/** Those that have a meaning for a strategy. */
export function parametersOf(strategy: Strategy): Parameter[] {
  return PARAMETERS.filter(({ strategies }) => strategies === undefined || strategies.includes(strategy));
}
