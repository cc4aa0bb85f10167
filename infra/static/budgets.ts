import { UserError } from '../user-error.ts';
import type { StaticFile } from './build.ts';

/** What the parts of the widget may weigh, in bytes with gzip. */
export const BUDGETS = {
  // All that it needs to start: the button, the element's methods and events, the client, English.
  'widget.js': 12_000,
  // What an open chat shows: loaded once somebody points at the button, or opens it.
  'panel.js': 9_000,
};

/** @throws {UserError} where a page that embeds the widget would load more than was promised */
export function checkBudgets(hashed: Record<string, StaticFile>): void {
  for (const [name, most] of Object.entries(BUDGETS)) {
    const { gzipBytes } = hashed[name]!;
    if (gzipBytes > most) {
      throw new UserError(
        `${name} has ${gzipBytes} bytes with gzip, and may have ${most}: load on demand what is not needed at its start.`,
      );
    }
  }
}
