import type { PlaygroundState } from './state.ts';

export interface Preset {
  name: string;
  /** What to look for. */
  meaning: string;
  state: PlaygroundState;
}

const PETS = { persona: '', history: '', message: 'Hello! Do you have any pets?' };

/** States that show something, the first of them on a page that is opened without a link. */
export const PRESETS: Preset[] = [
  {
    name: 'Four ways to choose',
    meaning: 'The same message, answered by each strategy: see where the hypotheses part.',
    state: {
      ...PETS,
      settings: [
        { strategy: 'greedy', n: 1, values: {} },
        { strategy: 'beams', n: 3, values: { num_beams: 5 } },
        { strategy: 'sampling', n: 3, values: { temperature: 1, seed: 7 } },
        { strategy: 'delayed', n: 3, values: { num_beams: 5, beam_delay: 3, temperature: 1.5, seed: 7 } },
      ],
    },
  },
  {
    name: 'What blocking prevents',
    meaning: 'A reply that must go on: without the block it says the same again and again.',
    state: {
      persona: '',
      history: '',
      message: 'What do you like to eat?',
      settings: [
        { strategy: 'greedy', n: 1, values: { no_repeat_ngram_size: 0, max_tokens: 45, ignore_eos: true } },
        { strategy: 'greedy', n: 1, values: { no_repeat_ngram_size: 3, max_tokens: 45, ignore_eos: true } },
      ],
    },
  },
  {
    name: 'Own words',
    meaning: 'The block of what was said keeps the model from repeating its persona line by line.',
    state: {
      persona: 'i am a pirate from jamaica.\ni have a parrot named polly.',
      history: '',
      message: 'Where are you from?',
      settings: [
        { strategy: 'beams', n: 3, values: { num_beams: 5, encoder_no_repeat_ngram_size: 0 } },
        { strategy: 'beams', n: 3, values: { num_beams: 5, encoder_no_repeat_ngram_size: 3 } },
      ],
    },
  },
  {
    name: 'Cold and hot',
    meaning: 'The same draw at three temperatures: the hotter, the more of what is unlikely.',
    state: {
      ...PETS,
      message: 'What did you do today?',
      settings: [0.3, 1, 2].map((temperature) => ({
        strategy: 'sampling',
        n: 3,
        values: { temperature, seed: 7 },
      })),
    },
  },
];
