/** `<tandem-chat>` as a module, for bundlers: importing it defines the element. Elements need a `url`, the edge's address. */
import { define } from './element/tandem-chat.ts';

export type { TandemEvents } from './element/events.ts';
export { TandemChat } from './element/tandem-chat.ts';
export type { Words } from './words/words.ts';

define({ loadPanel: () => import('./element/panel.ts') });
