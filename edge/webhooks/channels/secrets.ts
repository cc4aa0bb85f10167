import * as z from 'zod';
import type { Secrets } from './channel.ts';

/** As settings hold secrets: those of one kind that are valid now, the newest first. */
export const secrets = z
  .array(z.string().min(1).max(4_096))
  .min(1)
  .max(5)
  .transform((list) => list as unknown as Secrets);
