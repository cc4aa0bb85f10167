/**
 * What a page embeds: `<script src="https://EDGE/widget.js" data-key="pk_…" defer></script>`. With `data-key` (empty where the edge
 * is in development mode) it puts a bubble into the page; without, it only makes `<tandem-chat>` known. The element's other
 * attributes may stand here too: `data-theme`, `data-lang`, …
 */
import { define, TandemChat } from './element/tandem-chat.ts';

/** The path of what is loaded when a chat is opened; put here by the build. */
declare const PANEL_PATH: string;

declare global {
  interface Window {
    /** The one global: the chat that the script has put into the page. */
    tandem?: TandemChat;
  }
}

// Only known while the script itself runs.
const script = document.currentScript as HTMLScriptElement | null;

function start(): void {
  const url = new URL(script?.src || location.href).origin;
  let attempts = 0;
  const loadPanel = () => {
    // Browsers remember by its address what could not be imported: each attempt has one of its own.
    const again = attempts++ === 0 ? '' : `?${attempts}`;
    // A browser may hold this script longer than the edge has the panel that it was built with.
    return import(url + PANEL_PATH + again).catch(() => import(`${url}/panel.js${again}`));
  };
  define({ url, loadPanel });
  if (script?.dataset['key'] === undefined) return;
  // An element with this as its id is no property of the window's own; what the page itself has put there stays.
  const isTaken = Object.hasOwn(window, 'tandem');
  if (isTaken && window.tandem?.localName === 'tandem-chat') return;
  const chat = document.createElement('tandem-chat');
  for (const name of TandemChat.settings) {
    const value = script.dataset[name];
    if (value !== undefined) chat.setAttribute(name, value);
  }
  if (!isTaken) window.tandem = chat;
  document.body.append(chat);
}

/** A browser without what it takes has no chat, and a page that works. */
function startQuietly(): void {
  try {
    start();
  } catch {}
}

if (document.body) startQuietly();
else addEventListener('DOMContentLoaded', startQuietly, { once: true });
