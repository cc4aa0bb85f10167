import * as z from 'zod';
import { QUOTA_NAMES } from '../limits/key-limits.ts';

/** How a quota stands. */
export const standing = z.strictObject({
  name: z.enum(QUOTA_NAMES),
  limit: z.int(),
  window_seconds: z.int(),
  remaining: z.int().describe('0 also where it owes.'),
  full_in_seconds: z.int(),
});
