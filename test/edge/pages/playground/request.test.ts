import { describe, expect, it } from 'vitest';
import { generationFields } from '../../../../edge/openai/generation-fields.ts';
import { PARAMETERS } from '../../../../edge/pages/client/playground/parameters.ts';
import { PRESETS } from '../../../../edge/pages/client/playground/presets.ts';
import { fieldsOf, messagesOf } from '../../../../edge/pages/client/playground/request.ts';
import type { Setting } from '../../../../edge/pages/client/playground/state.ts';
import { sayBack, testApp } from '../../test-app.ts';

const setting = (fields: Partial<Setting>): Setting => ({ strategy: 'own', n: 1, values: {}, ...fields });

describe('what is said in the playground', () => {
  it('is the persona, earlier turns in their order, and the message', () => {
    expect(
      messagesOf({ persona: ' i bake. \n\ni swim.', history: 'hi\nhello', message: ' how are you? ' }),
    ).toEqual([
      { role: 'system', content: 'i bake.\ni swim.' },
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'hello' },
      { role: 'user', content: 'how are you?' },
    ]);
    expect(messagesOf({ persona: '', history: '', message: 'hi' })).toEqual([
      { role: 'user', content: 'hi' },
    ]);
  });

  it('ends with the person, whoever began', () => {
    const roles = messagesOf({ persona: '', history: 'hello', message: 'hi' }).map(({ role }) => role);
    expect(roles).toEqual(['assistant', 'user']);
  });
});

describe('a setting', () => {
  it.each<[Partial<Setting>, object]>([
    [{}, { n: 1 }],
    [{ n: 3 }, { n: 3 }],
    [
      { strategy: 'greedy', n: 3 },
      { n: 1, num_beams: 1, temperature: 0 },
    ],
    [
      { strategy: 'beams', n: 2 },
      { n: 2, num_beams: 5 },
    ],
    [
      { strategy: 'beams', n: 7 },
      { n: 7, num_beams: 7 },
    ],
    [
      { strategy: 'beams', values: { num_beams: 3, temperature: 2 } },
      { n: 1, num_beams: 3 },
    ],
    [
      { strategy: 'sampling', values: { seed: 7 } },
      { n: 1, do_sample: true, seed: 7 },
    ],
    [
      { strategy: 'delayed', n: 2 },
      { n: 2, num_beams: 5, beam_delay: 3 },
    ],
    [
      { values: { stop: '!, ?,', logit_bias: '464: -100, 8:5', early_stopping: 'true' }, strategy: 'beams' },
      { n: 1, num_beams: 5, stop: ['!', '?'], logit_bias: { 464: -100, 8: 5 }, early_stopping: true },
    ],
  ])('%j asks for %j', (fields, expected) => {
    expect(fieldsOf(setting(fields))).toEqual({ ...expected, logprobs: true });
  });

  it('has a control for every parameter of the API that shapes a reply', () => {
    const elsewhere = [
      'n',
      'logprobs',
      'do_sample',
      'use_beam_search',
      'max_completion_tokens',
      'stop_token_ids',
    ];
    const names = [...PARAMETERS.map(({ name }) => name), ...elsewhere];
    expect(new Set(names)).toEqual(new Set(Object.keys(generationFields)));
  });

  it('of every example is one that the edge takes', async () => {
    for (const { name, state } of PRESETS) {
      for (const one of state.settings) {
        const app = testApp({ backend: sayBack('a', 'b', 'c', 'd', 'e') });
        const body = { messages: messagesOf(state), ...fieldsOf(one) };
        const response = await app.request('POST', '/v1/chat/completions', { body });
        expect(response.status, `${name}: ${await response.text()}`).toBe(200);
      }
    }
  });
});
