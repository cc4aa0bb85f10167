import { UserError } from '../user-error.ts';
import type { StaticFile } from './build.ts';

/** What the widget needs to start, compressed: one file. */
export const WIDGET_START_BYTES = 12_000;

/** @throws {UserError} where a page that embeds the widget would load more than was promised */
export function checkBudgets(hashed: Record<string, StaticFile>): void {
  const widget = hashed['widget.js'];
  if (widget === undefined || widget.gzipBytes <= WIDGET_START_BYTES) return;
  throw new UserError(
    `widget.js has ${widget.gzipBytes} bytes with gzip, and may have ${WIDGET_START_BYTES}: load on demand what is not needed at its start.`,
  );
}
