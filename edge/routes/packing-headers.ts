import type { Context } from 'hono';
import type { PackedConversation } from '../conversation/packing.ts';

/** Says what the model was not given to read. The forms of other people's APIs have no place for it in the body. */
export function packingHeaders(c: Context, packed: Omit<PackedConversation, 'ids'>[]): void {
  const droppedTurns = packed.reduce((sum, each) => sum + each.droppedTurns, 0);
  if (droppedTurns > 0) c.header('x-tandem-dropped-turns', String(droppedTurns));
  if (packed.some(({ truncated }) => truncated)) c.header('x-tandem-truncated', 'true');
}
