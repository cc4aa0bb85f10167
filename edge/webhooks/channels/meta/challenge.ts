import { MalformedPayload, type Received, type ReceivedRequest } from '../channel.ts';

const MAX_LENGTH = 1_000;

/** Meta asks once, by GET, whether the address is ours: it wants its challenge back. @throws {MalformedPayload} */
export function answerChallenge({ url }: ReceivedRequest): Received {
  const query = new URL(url).searchParams;
  const challenge = query.get('hub.challenge');
  if (query.get('hub.mode') !== 'subscribe' || !challenge || challenge.length > MAX_LENGTH)
    throw new MalformedPayload('The query is not that of a subscription: hub.mode, hub.challenge.');
  // As text: whoever has the token must not be able to make a page of ours.
  return {
    kind: 'answer',
    response: new Response(challenge, { headers: { 'content-type': 'text/plain; charset=utf-8' } }),
  };
}
