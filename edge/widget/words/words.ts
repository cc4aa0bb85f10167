/**
 * Everything that the widget says. `{when}`, `{name}` and `{count}` are places for what is only known then.
 * A word of another language may be left out: English stands for it.
 */
export interface Words {
  title: string;
  subtitle: string;
  /** What an empty conversation shows. */
  greeting: string;
  introduction: string;
  /** Beneath the field to write in. Empty: nothing. */
  footer: string;
  open: string;
  unread: string;
  close: string;
  expand: string;
  shrink: string;
  reset: string;
  resetQuestion: string;
  resetConfirm: string;
  cancel: string;
  messages: string;
  input: string;
  placeholder: string;
  send: string;
  stop: string;
  copy: string;
  copied: string;
  retry: string;
  latest: string;
  typing: string;
  /** Who has said a message, for those who hear it. */
  you: string;
  bot: string;
  /** Of a message that has no reply yet. */
  queued: string;
  sending: string;
  failed: string;
  stopped: string;
  /** Of an answer without words. */
  empty: string;
  offline: string;
  wait: string;
  waitOver: string;
  /** In the place of a chat whose file could not be loaded. */
  missing: string;
  closed: string;
  tooLong: string;
  busy: string;
  problem: string;
}

export const ENGLISH: Words = {
  title: 'Tandem',
  subtitle: 'A bot that likes to chat',
  greeting: 'Hello there!',
  introduction: 'Ask me anything, or just tell me about your day.',
  footer: 'A bot answers. It may be wrong.',
  open: 'Open the chat',
  unread: 'Open the chat: new messages',
  close: 'Close the chat',
  expand: 'Make the chat larger',
  shrink: 'Make the chat smaller',
  reset: 'New conversation',
  resetQuestion: 'Start anew? This conversation will be deleted.',
  resetConfirm: 'Start anew',
  cancel: 'Cancel',
  messages: 'Messages',
  input: 'Your message',
  placeholder: 'Write a message …',
  send: 'Send',
  stop: 'Stop',
  copy: 'Copy',
  copied: 'Copied',
  retry: 'Try again',
  latest: 'Latest messages',
  typing: '{name} is typing',
  you: 'You',
  bot: 'Tandem',
  queued: 'Waiting to be sent',
  sending: 'Sending …',
  failed: 'Not sent',
  stopped: 'Stopped',
  empty: 'No words came to mind.',
  offline: 'You are offline. What you write is sent when you are back.',
  wait: 'That was a lot at once. It goes on {when}.',
  waitOver: 'That was a lot at once. You can try again now.',
  missing: 'The chat could not be loaded.',
  closed: 'This chat is not open here.',
  tooLong: 'That is too long. Please say it in fewer words.',
  busy: 'Tandem cannot answer right now. Please try again in a moment.',
  problem: 'Something went wrong. Please try again.',
};
