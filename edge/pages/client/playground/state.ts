import { type Parameter, PARAMETERS, STRATEGIES, type Strategy, type Value } from './parameters.ts';

/** One way to answer, beside others. */
export interface Setting {
  strategy: Strategy;
  /** How many hypotheses to show. */
  n: number;
  /** By the parameter's name; what is left out is the model's own. */
  values: Record<string, Value>;
}

/** All of the playground that is worth a link. */
export interface PlaygroundState {
  /** A fact about the bot on each line. */
  persona: string;
  /** Earlier turns, one on each line, the person's first. */
  history: string;
  message: string;
  settings: Setting[];
}

export const MAX_SETTINGS = 4;
const MAX_TEXT = 4_000;
const MAX_REPLIES = 100;

/** The state as a URL's fragment: JSON in base64url. */
export function encodeState(state: PlaygroundState): string {
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return `1.${btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
}

/** @returns null for what is no state. Anybody may write a link, so nothing in it is believed. */
export function decodeState(fragment: string): PlaygroundState | null {
  if (!fragment.startsWith('1.')) return null;
  let found: unknown;
  try {
    const binary = atob(fragment.slice(2).replaceAll('-', '+').replaceAll('_', '/'));
    found = JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (one) => one.charCodeAt(0))));
  } catch {
    return null;
  }
  const { persona, history, message, settings } = asObject(found);
  const read = Array.isArray(settings) ? settings.slice(0, MAX_SETTINGS).map(readSetting) : [];
  const known = read.filter((setting) => setting !== null);
  if (known.length === 0) return null;
  return { persona: text(persona), history: text(history), message: text(message), settings: known };
}

function readSetting(found: unknown): Setting | null {
  const { strategy, n, values } = asObject(found);
  if (typeof strategy !== 'string' || !Object.hasOwn(STRATEGIES, strategy)) return null;
  const given = asObject(values);
  const known = PARAMETERS.flatMap((parameter) => {
    const value = readValue(parameter, given[parameter.name]);
    return value === null ? [] : [[parameter.name, value] as const];
  });
  return {
    strategy: strategy as Strategy,
    n: Number.isInteger(n) ? Math.min(Math.max(n as number, 1), MAX_REPLIES) : 1,
    values: Object.fromEntries(known),
  };
}

function readValue({ kind, choices }: Parameter, value: unknown): Value | null {
  if (kind === 'integer') return Number.isInteger(value) ? (value as number) : null;
  if (kind === 'number') return Number.isFinite(value) ? (value as number) : null;
  if (kind === 'switch') return value === true ? true : null;
  if (typeof value !== 'string' || value === '') return null;
  return kind === 'choice' && !choices?.includes(value) ? null : value.slice(0, MAX_TEXT);
}

function asObject(found: unknown): Record<string, unknown> {
  return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
}

function text(found: unknown): string {
  return typeof found === 'string' ? found.slice(0, MAX_TEXT) : '';
}
