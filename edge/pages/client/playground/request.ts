import { parametersOf, type Parameter, type Strategy, type Value } from './parameters.ts';
import type { PlaygroundState, Setting } from './state.ts';

export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** What is said, as the API has it: the persona, earlier turns in their order, the message. */
export function messagesOf({ persona, history, message }: Omit<PlaygroundState, 'settings'>): Message[] {
  const turns = [...lines(history), message.trim()];
  // The last is the person's, whoever was first.
  const roleOf = (index: number): Message['role'] =>
    (turns.length - 1 - index) % 2 === 0 ? 'user' : 'assistant';
  const facts = lines(persona).join('\n');
  return [
    ...(facts === '' ? [] : [{ role: 'system', content: facts } satisfies Message]),
    ...turns.map((content, index) => ({ role: roleOf(index), content })),
  ];
}

/** A setting in the API's names. What its strategy has no use for is left out. */
export function fieldsOf({ strategy, n, values }: Setting): Record<string, unknown> {
  const shown = parametersOf(strategy);
  const given = shown.flatMap((parameter) => {
    const value = values[parameter.name];
    return value === undefined ? [] : [[parameter.name, fieldOf(parameter, value)] as const];
  });
  return {
    ...WAYS[strategy](n),
    ...Object.fromEntries(given),
    n: strategy === 'greedy' ? 1 : n,
    logprobs: true,
  };
}

/** What asks for a strategy, where its own parameters say nothing. */
const WAYS: Record<Strategy, (n: number) => Record<string, unknown>> = {
  own: () => ({}),
  greedy: () => ({ num_beams: 1, temperature: 0 }),
  beams: (n) => ({ num_beams: Math.max(5, n) }),
  sampling: () => ({ do_sample: true }),
  delayed: (n) => ({ num_beams: Math.max(5, n), beam_delay: 3 }),
};

function fieldOf({ kind }: Parameter, value: Value): unknown {
  if (kind === 'texts') {
    return String(value)
      .split(',')
      .map((text) => text.trim())
      .filter((text) => text !== '');
  }
  if (kind === 'biases') {
    const entries = [...String(value).matchAll(/(\d+)\s*:\s*(-?[\d.]+)/g)];
    return Object.fromEntries(entries.map(([, id, bias]) => [id, Number(bias)]));
  }
  if (value === 'true' || value === 'false') return value === 'true';
  return value;
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
