import type {
  ChannelAnswer,
  ChannelCall,
  InboundMessage,
  KeptMessage,
  Received,
} from '../../../../edge/webhooks/channels/channel.ts';

/** The messages of a request, which must hold some. */
export function messagesIn(received: Received): InboundMessage[] {
  if (received.kind === 'exchange') return [received.message];
  if (received.kind === 'messages') return received.messages;
  throw new Error(`There is no message: ${JSON.stringify(received)}`);
}

/** A message as the inbox keeps it. */
export function kept(message: InboundMessage): KeptMessage {
  return { ...message, deliveryId: '0f8fad5b-d9cb-469f-a165-70867728950e' };
}

/** What a channel's API says, without more headers than it has to. */
export function answered(
  status: number,
  body: string,
  retryAfterSeconds: number | null = null,
): ChannelAnswer {
  return { status, body, headers: new Headers(), retryAfterSeconds };
}

/** What a call sends, of JSON. */
export function bodyOf({ body }: ChannelCall): unknown {
  return body === null ? null : JSON.parse(body);
}
