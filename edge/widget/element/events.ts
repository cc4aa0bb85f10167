import type { ChatError, ChatMessage } from '../client/chat.ts';

/** The events of the element; each bubbles, also out of other shadow trees. */
export interface TandemEvents {
  'tandem:ready': CustomEvent<null>;
  'tandem:message': CustomEvent<ChatMessage>;
  'tandem:reply': CustomEvent<ChatMessage>;
  'tandem:error': CustomEvent<ChatError>;
}

export function tell<Name extends keyof TandemEvents>(
  element: HTMLElement,
  name: Name,
  detail: TandemEvents[Name]['detail'],
): void {
  element.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}

declare global {
  interface HTMLElementEventMap extends TandemEvents {}
}
