import type { Key } from './answers.ts';
import { DEFAULT_LIMITS } from '../../keys/key-form.ts';
import { formatCount, formatWindow } from './format.ts';

/** What a form has of a key: as it was typed, so that a form that was refused comes back as it was. */
export interface KeyFieldValues {
  name: string;
  origins: string;
  safety: boolean;
  limits: Record<string, { limit: string; window: string }>;
}

export const QUOTAS = [
  { name: 'requests', label: 'Requests of the key', hint: 'To the model; a new session counts as one.' },
  { name: 'tokens', label: 'Tokens of the key', hint: 'Of prompts and replies.' },
  { name: 'session-requests', label: 'Requests of each session', hint: 'What one person can ask.' },
  { name: 'session-tokens', label: 'Tokens of each session', hint: 'Of prompts and replies.' },
] as const;

const WINDOWS = [60, 3_600, 86_400, 2_592_000];
export const DEFAULT_WINDOW = '86400';

/**
 * What a publishable key gets where nothing is said: "requests 10,000 a day". Asked for where it is shown: a number's first format reads
 * the language's rules, which was a fifth of the worker's start.
 */
function defaultLimits(): string {
  return Object.entries(DEFAULT_LIMITS.publishable)
    .map(([name, { limit, windowSeconds }]) => `${name} ${formatCount(limit)} ${formatWindow(windowSeconds)}`)
    .join(' and ');
}

export const NEW_KEY: KeyFieldValues = { name: '', origins: '', safety: true, limits: {} };

export function fieldsOfKey({ name, origins, safety, limits }: Key): KeyFieldValues {
  const filled = Object.entries(limits).flatMap(([quota, value]) =>
    value === null
      ? []
      : [[quota, { limit: String(value.limit), window: String(value.window_seconds) }] as const],
  );
  return { name, origins: origins.join('\n'), safety, limits: Object.fromEntries(filled) };
}

/** The fields that a new key and one that is changed have in common. */
export function KeyFields({
  name,
  origins,
  safety,
  limits,
  isNew = false,
}: KeyFieldValues & { isNew?: boolean }) {
  return (
    <>
      <div class="field">
        <label for="name">Name</label>
        <input id="name" name="name" value={name} maxlength={100} autocomplete="off" placeholder="my shop" />
        <p class="hint">For you, to know it by.</p>
      </div>
      <div class="field">
        <label for="origins">Pages that it is for</label>
        <textarea
          id="origins"
          name="origins"
          rows={2}
          spellcheck={false}
          autocomplete="off"
          placeholder="https://shop.example"
        >
          {origins}
        </textarea>
        <p class="hint">Of a publishable key: an origin to a line, as browsers write it.</p>
      </div>
      <label class="check">
        <input type="checkbox" name="safety" value="on" checked={safety} />
        <span>
          Word filter<span class="hint"> on what people and the model say</span>
        </span>
      </label>
      <fieldset class="quotas">
        <legend>Limits</legend>
        {QUOTAS.map((quota) => (
          <Quota {...quota} {...(limits[quota.name] ?? { limit: '', window: DEFAULT_WINDOW })} />
        ))}
        <p class="hint">
          {isNew
            ? `Left empty, a secret key has none, and a publishable one ${defaultLimits()}.`
            : 'Left empty, there is none.'}
        </p>
      </fieldset>
    </>
  );
}

interface QuotaProps {
  name: string;
  label: string;
  hint: string;
  limit: string;
  window: string;
}

function Quota({ name, label, hint, limit, window }: QuotaProps) {
  const windows = [...new Set([...WINDOWS, Number(window)])].sort((one, other) => one - other);
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <div class="quota">
        <input
          id={name}
          name={name}
          value={limit}
          inputmode="numeric"
          pattern="[0-9]*"
          autocomplete="off"
          aria-describedby={`${name}-hint`}
          placeholder="no limit"
        />
        <select name={`${name}-window`} aria-label={`${label}: in what time`}>
          {windows.map((seconds) => (
            <option value={String(seconds)} selected={String(seconds) === window}>
              {formatWindow(seconds)}
            </option>
          ))}
        </select>
      </div>
      <p class="hint" id={`${name}-hint`}>
        {hint}
      </p>
    </div>
  );
}
