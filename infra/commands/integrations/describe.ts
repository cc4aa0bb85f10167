import { plainLine } from '../../terminal/plain-text.ts';
import { describeLimits } from '../keys/choices.ts';
import { dayOf, minuteOf } from '../../terminal/times.ts';
import type { Integration, Verdict } from './admin.ts';

export function describeIntegration(integration: Integration): string {
  const { id, channel, name, enabled, places, safety, secrets, revoked_at } = integration;
  const rotating = Object.entries(secrets).flatMap(([secret, { old_valid_until }]) =>
    old_valid_until === null ? [] : [`the old ${secret} works until ${minuteOf(old_valid_until)}`],
  );
  return [
    `${id}: ${channel}${name === '' ? '' : ` "${plainLine(name)}"`}`,
    ...(places === null ? [] : [`only in ${places.map(plainLine).join(' ')}`]),
    describeLimits(integration),
    ...(safety ? [] : ['no word filter']),
    ...rotating,
    ...(revoked_at === null ? [] : [`removed ${dayOf(revoked_at)}`]),
    ...(enabled || revoked_at !== null ? [] : ['switched off']),
  ].join(', ');
}

/** What is left to do at the channel, a line each. */
export function describeSteps({ steps }: Integration, webhookUrl: string, ownUrl: string): string {
  return steps
    .map((step, index) => `  ${index + 1}. ${plainLine(step.replaceAll(ownUrl, webhookUrl))}`)
    .join('\n');
}

export function describeCheck(channel: string, { outcome, detail }: Verdict): string {
  if (outcome === 'ok') return `The connection works: ${channel} takes the secrets.`;
  if (outcome === 'nothing_to_do') return `${channel} has nothing to test: write to it and see.`;
  return `The connection to ${channel} does not work: ${plainLine(detail ?? 'no reason is given')}.`;
}

export function describeRegistration(channel: string, { outcome, detail }: Verdict): string | null {
  if (outcome === 'ok') return `${channel} has been told of the address and the commands.`;
  if (outcome === 'nothing_to_do') return null;
  return `${channel} could not be told of the address: ${plainLine(detail ?? 'no reason is given')}.`;
}
