import type { ChatError, ChatMessage, ChatState, MessageStatus } from './chat.ts';

/** What happens to a conversation. A question is a person's message, named by its id. */
export type ChatEvent =
  | { type: 'queued'; message: ChatMessage }
  | { type: 'status'; id: string; status: MessageStatus; error?: ChatError }
  | { type: 'streaming'; question: string; reply: ChatMessage }
  | { type: 'answered'; question: string; reply: ChatMessage }
  /** What another tab has taken, and not yet sent. */
  | { type: 'unsent'; messages: ChatMessage[] }
  /** All that the session has, and all that is not sent yet. */
  | { type: 'history'; messages: ChatMessage[]; unsent: ChatMessage[] }
  | { type: 'session'; sessionId: string | null }
  | { type: 'connection'; online: boolean };

export const EMPTY_CHAT: ChatState = { messages: [], phase: 'idle', online: true, sessionId: null };

/** The state after an event. Pure; the same state where the event changes nothing. */
export function reduce(state: ChatState, event: ChatEvent): ChatState {
  switch (event.type) {
    case 'session':
      return { ...state, sessionId: event.sessionId };
    case 'connection':
      return state.online === event.online ? state : { ...state, online: event.online };
    default: {
      const messages = reduceMessages(state.messages, event);
      return { ...state, messages, phase: phaseOf(messages) };
    }
  }
}

type MessageEvent = Exclude<ChatEvent, { type: 'session' | 'connection' }>;

function reduceMessages(messages: readonly ChatMessage[], event: MessageEvent): ChatMessage[] {
  switch (event.type) {
    case 'queued':
      return [...without(messages, event.message.id), event.message];
    case 'status':
      return messages
        .filter((message) => message.status !== 'streaming')
        .map((message) => (message.id === event.id ? inStatus(message, event) : message));
    case 'streaming':
    case 'answered': {
      const { type, question, reply } = event;
      // It was answered before, and the history has both: the question under the same name where it was shown with its reply.
      if (messages.some(({ id, status }) => id === reply.id && status === 'done'))
        return messages.filter(({ id, status }) => id !== question || status === 'done');
      const status = type === 'answered' ? 'done' : 'sending';
      return without(messages, reply.id).flatMap((message) =>
        message.id === question ? [inStatus(message, { status }), reply] : message,
      );
    }
    case 'unsent': {
      const known = new Set(messages.map(({ id }) => id));
      const byId = new Map(event.messages.map((message) => [message.id, message]));
      const present = messages.map((message) => byId.get(message.id) ?? message);
      return [...present, ...event.messages.filter(({ id }) => !known.has(id))];
    }
    case 'history': {
      const kept = keepIds(event.messages, messages);
      // What was answered here is not unsent, whatever another tab says.
      const unsent = event.unsent.filter(({ id }) => !kept.some((message) => message.id === id));
      const isUnsent = (index: number) => unsent.some(({ id }) => id === messages[index]?.id);
      const present = messages.filter(
        ({ status }, index) => isUnsent(index) || (status === 'streaming' && isUnsent(index - 1)),
      );
      return reduceMessages([...kept, ...present], { type: 'unsent', messages: unsent });
    }
  }
}

/** Messages that were shown keep their ids: the edge has named the questions anew, and tells that with the history alone. */
function keepIds(messages: ChatMessage[], shown: readonly ChatMessage[]): ChatMessage[] {
  const questions = new Map(shown.slice(1).map((reply, index) => [reply.id, shown[index]!]));
  return messages.map((message, index) => {
    const question = message.role === 'user' ? questions.get(messages[index + 1]?.id ?? '') : undefined;
    return question?.role === 'user' ? { ...message, id: question.id } : message;
  });
}

function inStatus(
  { error: _, ...message }: ChatMessage,
  { status, error }: { status: MessageStatus; error?: ChatError },
): ChatMessage {
  return { ...message, status, ...(error && { error }) };
}

function without(messages: readonly ChatMessage[], id: string): ChatMessage[] {
  return messages.filter((message) => message.id !== id);
}

function phaseOf(messages: ChatMessage[]): ChatState['phase'] {
  const has = (status: MessageStatus) => messages.some((message) => message.status === status);
  if (has('sending') || has('streaming')) return 'replying';
  return has('queued') ? 'waiting' : 'idle';
}
