import type { Words } from '../words/words.ts';
import { el, nameButton, svg } from './dom.ts';
import { DOWN, MARK } from './icons.ts';

export interface LauncherActions {
  /** It was pressed. */
  onPress(): void;
  /** It is about to be, perhaps. */
  onApproach(): void;
}

/** The button in the window's corner, which opens the chat and closes it. */
export class Launcher {
  readonly element: HTMLButtonElement;

  constructor({ onPress, onApproach }: LauncherActions) {
    this.element = el(
      'button',
      {
        ...{ part: 'launcher', class: 'launcher', type: 'button', 'aria-haspopup': 'dialog' },
        onclick: onPress,
        onpointerenter: onApproach,
        onfocus: onApproach,
      },
      svg(MARK),
      svg(DOWN),
    );
  }

  name({ words, isOpen, isUnread }: { words: Words; isOpen: boolean; isUnread: boolean }): void {
    nameButton(this.element, isOpen ? words.close : isUnread ? words.unread : words.open);
    this.element.setAttribute('aria-expanded', String(isOpen));
  }
}
