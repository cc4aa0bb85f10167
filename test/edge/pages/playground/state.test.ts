import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  PARAMETERS,
  STRATEGIES,
  type Strategy,
} from '../../../../edge/pages/client/playground/parameters.ts';
import { PRESETS } from '../../../../edge/pages/client/playground/presets.ts';
import {
  decodeState,
  encodeState,
  MAX_SETTINGS,
  type PlaygroundState,
} from '../../../../edge/pages/client/playground/state.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 200 }).map((one) => one.toWellFormed());
const setting = fc.record({
  strategy: fc.constantFrom(...(Object.keys(STRATEGIES) as Strategy[])),
  n: fc.integer({ min: 1, max: 100 }),
  values: fc.record(
    {
      num_beams: fc.nat(),
      temperature: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((one) => !Object.is(one, -0)),
      ignore_eos: fc.constant(true),
      early_stopping: fc.constantFrom('true', 'false', 'never'),
      stop: text.filter((one) => one !== ''),
    },
    { requiredKeys: [] },
  ),
});
const states: fc.Arbitrary<PlaygroundState> = fc.record({
  persona: text,
  history: text,
  message: text,
  settings: fc.array(setting, { minLength: 1, maxLength: MAX_SETTINGS }),
}) as fc.Arbitrary<PlaygroundState>;

describe('a link to the playground', () => {
  it('brings back all that it was made of', () => {
    fc.assert(
      fc.property(states, (state) => {
        const fragment = encodeState(state);
        expect(fragment).toMatch(/^1\.[\w-]*$/);
        expect(decodeState(fragment)).toEqual(state);
      }),
    );
  });

  it('that somebody has made up gives a state that the page can show, or none', () => {
    const known = new Set(PARAMETERS.map(({ name }) => name));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((json) => `1.${btoa(unescape(encodeURIComponent(json)))}`),
        ),
        (fragment) => {
          const state = decodeState(fragment);
          if (state === null) return;
          expect(state.settings.length).toBeGreaterThan(0);
          for (const { values } of state.settings)
            for (const name of Object.keys(values)) expect(known).toContain(name);
        },
      ),
    );
  });

  it.each([
    ['a strategy that there is not', { settings: [{ strategy: 'constructor', n: 1, values: {} }] }],
    ['no setting', { settings: [] }],
    ['no list of settings', { settings: 'greedy' }],
    ['null', null],
  ])('with %s gives none', (_, found) => {
    expect(decodeState(encodeState(found as unknown as PlaygroundState))).toBe(null);
  });

  it('loses what no control can hold', () => {
    const state = {
      persona: 7,
      message: 'x'.repeat(5_000),
      settings: [
        {
          strategy: 'greedy',
          n: 1e9,
          values: { num_beams: '4', temperature: 0.5, nonsense: 1, early_stopping: 'no' },
        },
      ],
    };
    expect(decodeState(encodeState(state as unknown as PlaygroundState))).toEqual({
      persona: '',
      history: '',
      message: 'x'.repeat(4_000),
      settings: [{ strategy: 'greedy', n: 100, values: { temperature: 0.5 } }],
    });
  });

  it('holds every example', () => {
    for (const { state } of PRESETS) expect(decodeState(encodeState(state))).toEqual(state);
  });
});
