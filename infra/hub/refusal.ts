import { UserError } from '../user-error.ts';
import { formatReference, type ModelReference } from './model-reference.ts';
import type { HubSettings } from './settings.ts';
import { TransientError } from './transient-error.ts';

/** What an answer that is no success means for the person who asked, and what to do. */
export function explainRefusal(
  response: { status: number; headers: { get(name: string): string | null } },
  reference: ModelReference,
  { endpoint, token }: HubSettings,
): UserError {
  const { status, headers } = response;
  const { id, revision } = reference;
  const host = new URL(endpoint).host;
  if (status === 429 || status >= 500 || status === 408) {
    const what = status === 429 ? 'says that it is asked too often (429).' : `has trouble (${status}).`;
    return new TransientError(`${host} ${what}`, retryAfterMs(headers.get('retry-after')));
  }
  switch (headers.get('x-error-code')) {
    case 'GatedRepo':
      return new UserError(
        `${id} is gated: accept its conditions on ${endpoint}/${id}, then set HF_TOKEN to a token of that account.`,
      );
    case 'RevisionNotFound':
      return new UserError(
        `${id} has no revision ${JSON.stringify(revision ?? 'main')}: its page lists them, ${endpoint}/${id}/tree/main.`,
      );
    case 'EntryNotFound':
      return new UserError(`${formatReference(reference)} lists a file that ${host} does not have.`);
  }
  // The hub answers 401 for a model that does not exist, so as not to tell which private ones do.
  if (status === 401 && token !== undefined && headers.get('x-error-code') !== 'RepoNotFound') {
    return new UserError(`${host} does not accept the token: make another on ${endpoint}/settings/tokens.`);
  }
  if (status === 401 || status === 403 || status === 404) {
    const access =
      token === undefined
        ? 'if it is private, set HF_TOKEN'
        : 'look whether the token (HF_TOKEN) may read it';
    return new UserError(`${host} shows no model ${id} (${status}): check the spelling; ${access}.`);
  }
  return new UserError(`${host} refuses ${formatReference(reference)} with status ${status}.`);
}

/** The header in either of its forms: seconds, or a date. */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  const milliseconds = /^\d+$/.test(header) ? 1000 * Number(header) : Date.parse(header) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

/** What of the network failed, as a line. */
export function explainNetworkError(error: unknown, { endpoint, timeoutMs }: HubSettings): TransientError {
  const host = new URL(endpoint).host;
  if (error instanceof Error && error.name === 'TimeoutError')
    return new TransientError(`${host} was silent for ${timeoutMs / 1000} s.`);
  // fetch says "fetch failed" and keeps the reason one level below.
  const { cause } = error as { cause?: { code?: string; message?: string } };
  const reason = cause?.code ?? cause?.message ?? (error as Error).message;
  return new TransientError(`the connection to ${host} failed (${reason}).`);
}
