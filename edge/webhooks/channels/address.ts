import * as z from 'zod';
import { checkDestination } from '../outbound/destination.ts';

/** An address that an integration's owner may have us ask: a public https one, or one of this machine (`call-channel.ts`). */
export const address = z.string().transform((text, { addIssue }) => {
  const destination = checkDestination(text, { allowLoopback: true });
  if (destination.allowed) return destination.url;
  addIssue({ code: 'custom', message: destination.reason });
  return z.NEVER;
});

/** The address of a channel's API: paths are put behind it. */
export const apiAddress = address
  .refine((url) => new URL(url).search === '', 'must be without "?" and what follows')
  .transform((url) => url.replace(/\/+$/, ''));
