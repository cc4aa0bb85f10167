import type { ChatChange, ChatMessage, ChatState } from './chat.ts';
import { type ClientRecord, formatRecord, parseRecord, unsentMessages } from './record.ts';
import { type ChatEvent, EMPTY_CHAT, reduce } from './reduce.ts';
import type { ClientStorage } from './storage.ts';

export type ChatListener = (state: ChatState, change: ChatChange) => void;

/** The conversation as it is shown, and as it is kept; and who is told of it. */
export class ChatStore {
  state: ChatState = EMPTY_CHAT;
  readonly listeners = new Set<ChatListener>();
  readonly #storage: ClientStorage;

  constructor(storage: ClientStorage) {
    this.#storage = storage;
  }

  /** Read anew each time: another tab may have changed it. */
  get record(): ClientRecord {
    return parseRecord(this.#storage.get());
  }

  keep(change: (record: ClientRecord) => ClientRecord): void {
    this.#storage.set(formatRecord(change(this.record)));
  }

  dispatch(event: ChatEvent, change: ChatChange = { type: 'progress' }): void {
    this.state = reduce(this.state, event);
    this.tell(change);
  }

  tell(change: ChatChange): void {
    for (const listener of this.listeners) {
      try {
        listener(this.state, change);
      } catch (error) {
        // It is the listener's own: the conversation goes on.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  shown(id: string): ChatMessage | undefined {
    return this.state.messages.find((message) => message.id === id);
  }

  /** Its id. */
  get latestReply(): string | undefined {
    return this.state.messages.findLast(({ role, status }) => role === 'assistant' && status === 'done')?.id;
  }

  /** What is not sent yet, as it is to be shown: what waits in another tab is as good as on its way. */
  unsent(): ChatMessage[] {
    return unsentMessages(this.record).map((message) => {
      if (message.status !== 'queued') return message;
      const shown = this.shown(message.id);
      if (shown?.status === 'queued' || shown?.status === 'sending') return shown;
      return this.state.online ? { ...message, status: 'sending' } : message;
    });
  }
}
