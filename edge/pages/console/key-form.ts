import * as z from 'zod';
import { DEFAULT_WINDOW, type KeyFieldValues, QUOTAS } from './key-fields.tsx';

type Form = Record<string, unknown>;

const text = (form: Form, name: string) => z.string().max(20_000).catch('').parse(form[name]);

/** What was typed into the form. */
export function readKeyFields(form: Form): KeyFieldValues {
  const limits = QUOTAS.map(({ name }) => {
    const limit = text(form, name).replace(/[\s,_]/g, '');
    return [name, { limit, window: text(form, `${name}-window`) || DEFAULT_WINDOW }] as const;
  });
  return {
    name: text(form, 'name').trim(),
    origins: text(form, 'origins'),
    safety: form['safety'] === 'on',
    limits: Object.fromEntries(limits),
  };
}

/** As the admin API takes it, which says what is wrong with it. A quota that is empty is none. */
export function keyBody({ name, origins, safety, limits }: KeyFieldValues): Record<string, unknown> {
  const quotas = Object.entries(limits).map(([quota, { limit, window }]) => [
    quota,
    limit === '' ? null : { limit: Number(limit), window_seconds: Number(window) },
  ]);
  return { name, origins: origins.split(/\s+/).filter(Boolean), safety, limits: Object.fromEntries(quotas) };
}
