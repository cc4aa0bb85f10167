import { followTheme, offerPersonas } from './home/live-chat.ts';
import { watchStatus } from './home/status.ts';

watchStatus();
// Not there where the chat is closed.
const chat = document.querySelector<HTMLElement>('tandem-chat');
if (chat !== null) {
  followTheme();
  offerPersonas();
}
