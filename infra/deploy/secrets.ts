import { randomBytes } from 'node:crypto';
import { UserError } from '../user-error.ts';

export interface Secret {
  name: string;
  /** How an environment that lacks it gets it where nobody gives it: made at random, asked for, or not at all. */
  otherwise: 'made' | 'asked' | 'left out';
  /** What one is like. */
  form: RegExp;
  formInWords: string;
  /** It may stand among the variables as well: everybody who uses the edge may know it. */
  isPublic?: true;
}

const STRONG = {
  form: /^\S{32,}$/,
  formInWords: '32 characters or more without a space ("openssl rand -hex 32")',
};

const BACKEND_TOKEN: Secret = {
  name: 'BACKEND_TOKEN',
  otherwise: 'asked',
  form: /^\S*$/,
  formInWords: 'a backend’s token, or nothing where it has none',
};

/** The worker's secrets; what each is for stands in wrangler.toml. */
export const SECRETS: Secret[] = [
  { name: 'ADMIN_TOKEN', otherwise: 'made', ...STRONG },
  { name: 'SESSION_TOKEN_SECRET', otherwise: 'made', ...STRONG },
  { name: 'SEALING_SECRET', otherwise: 'made', ...STRONG },
  BACKEND_TOKEN,
  { name: 'METRICS_TOKEN', otherwise: 'left out', ...STRONG },
  {
    ...{ name: 'CHAT_KEY', otherwise: 'left out', isPublic: true },
    ...{ form: /^pk_tandem_\w+$/, formInWords: 'a publishable key' },
  },
  { name: 'TURNSTILE_SECRET', otherwise: 'left out', form: /^\S+$/, formInWords: 'Turnstile’s secret key' },
];

/** What is to be done about each secret that an environment lacks. */
export interface SecretsPlan {
  /** Values that were given for what is missing. */
  given: Record<string, string>;
  made: string[];
  asked: string[];
}

/**
 * A value is taken only where there is none yet: what a secret signed or sealed would be lost with a new one.
 * @param present names of the worker's secrets
 * @param tokens names of the secrets that are backends' tokens: BACKEND_TOKEN, or others in its place
 * @throws {UserError} for a value that the worker would refuse
 */
export function planSecrets(
  present: ReadonlySet<string>,
  tokens: string[],
  values: Record<string, string | undefined>,
): SecretsPlan {
  const ofBackends = tokens.map((name): Secret => ({ ...BACKEND_TOKEN, name }));
  const all = [...SECRETS.filter((secret) => secret !== BACKEND_TOKEN), ...ofBackends];
  const plan: SecretsPlan = { given: {}, made: [], asked: [] };
  for (const secret of all.filter(({ name }) => !present.has(name))) {
    const value = values[secret.name];
    if (value !== undefined) plan.given[secret.name] = requireForm(secret, value);
    else if (secret.otherwise === 'made') plan.made.push(secret.name);
    else if (secret.otherwise === 'asked') plan.asked.push(secret.name);
  }
  return plan;
}

function requireForm({ name, form, formInWords }: Secret, value: string): string {
  if (form.test(value)) return value;
  throw new UserError(`the value of ${name} is not ${formInWords}.`);
}

export function makeSecret(): string {
  return randomBytes(32).toString('hex');
}
