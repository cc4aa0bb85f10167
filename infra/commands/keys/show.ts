import { note } from '../../terminal/output.ts';
import { plainLine } from '../../terminal/plain-text.ts';
import { dayOf, minuteOf } from '../../terminal/times.ts';
import type { Key } from './key.ts';
import { describeLimits } from './choices.ts';

/** A new key: itself on standard output, for a variable or a file, all else on standard error. */
export function showNewKey({ key, ...shown }: Key & { key: string }): void {
  note(describeKey(shown));
  note('Keep the key now: it is not stored, and not shown again.');
  console.log(key);
}

export function describeKey(key: Key): string {
  const { id, kind, name, origins, safety } = key;
  const parts = [
    `${id}: ${kind}${name === '' ? '' : ` "${plainLine(name)}"`}`,
    ...(origins.length > 0 ? [origins.map(plainLine).join(' ')] : []),
    describeLimits(key),
    ...(safety ? [] : ['no word filter']),
    ...(key.revoked_at === null ? [] : [`revoked ${dayOf(key.revoked_at)}`]),
    ...(key.old_key_valid_until === null
      ? []
      : [`the old key works until ${minuteOf(key.old_key_valid_until)}`]),
  ];
  return parts.join(', ');
}
