import { parsePersona } from '../../conversation/persona.ts';
import { parseMessage } from '../../conversation/text.ts';
import { nowSeconds } from '../../dependencies.ts';
import { ApiError } from '../../errors.ts';
import { Charge } from '../../limits/charge.ts';
import { modelOfNewSession } from '../../models/speakers.ts';
import { describeError } from '../../observability/describe-error.ts';
import type { RequestFigures } from '../../observability/request-figures.ts';
import { generationPlan } from '../../openai/parameters.ts';
import { createSession, createSessionId } from '../../session/session.ts';
import { takeTurn } from '../../session/take-turn.ts';
import { nameTurn } from '../../session/turn-name.ts';
import type { Inbox, Work } from './inbox-calls.ts';
import type { InboundDependencies } from './inbound-dependencies.ts';
import type { Integration } from '../integrations/find-integration.ts';

/** What a turn may take besides the backend: the way to the session and back. */
const LEASE_MARGIN_MS = 5_000;

export interface TurnOfConversation {
  work: Work;
  inbox: Inbox;
  integration: Integration;
  figures: RequestFigures;
}

/** The longest that `sayInConversation` takes: the session may have to be waited for as long as a reply takes. */
export function longestTurnMs({ settings }: Pick<InboundDependencies, 'settings'>): number {
  return 2 * settings.backends.timeoutMs + LEASE_MARGIN_MS;
}

/**
 * What the model says to a message, in its conversation's session, which is made where there is none. Asked again for the
 * same message it is the same, for a day.
 * @throws {ApiError} those of `takeTurn`, message_too_long, empty_message, rate_limit_exceeded for used up quotas
 */
export async function sayInConversation(
  dependencies: InboundDependencies,
  { work, inbox, integration, figures }: TurnOfConversation,
): Promise<string> {
  const { settings, model } = dependencies;
  const { message } = work;
  const content = parseMessage(message.text, { maxChars: settings.maxMessageChars, param: 'text' });
  const named = await nameTurn(message.deliveryId, { content });
  const replyMs = settings.backends.timeoutMs;
  const charge = new Charge();
  const call = {
    ...{ requestId: message.deliveryId, tenant: integration.id, safety: integration.safety, charge },
    ...{ traceparent: null, timeoutMs: null },
    observe: (happened: Parameters<RequestFigures['observe']>[0]) => figures.observe(happened),
    signal: AbortSignal.timeout(longestTurnMs(dependencies)),
  };
  const turn = (sessionId: string) =>
    takeTurn(
      dependencies,
      {
        ...{ sessionId, content, named },
        opener: openerOf(integration),
        plan: generationPlan({}, { model, maxNumBeams: settings.maxNumBeams }),
        leaseMs: replyMs + LEASE_MARGIN_MS,
        patienceMs: replyMs,
      },
      { call, transcript: null, onSessionTime: (ms) => figures.add('session', ms) },
    );

  return counted(integration, { charge, sessionId: work.sessionId, dependencies }, async () => {
    if (work.sessionId !== null) {
      const answered = await turn(work.sessionId).catch(whereSessionIsGone);
      if (answered !== null) return answered.answer.content;
    }
    const { answer } = await turn(await newSession(dependencies, { work, inbox, integration }));
    return answer.content;
  });
}

/** Sessions of an integration are its own: no key opens them. */
export function openerOf({ id }: Pick<Integration, 'id'>) {
  return { kind: 'secret' as const, keyId: id, sessionId: null };
}

/** The persona that somebody wrote. @throws {ApiError} persona_too_long */
export function readPersona({ model }: Pick<InboundDependencies, 'model'>, text: string): string[] {
  const { tokenizer, config } = model;
  return parsePersona(text, { tokenizer, maxPositions: config.maxPositions, param: 'persona' });
}

async function newSession(
  dependencies: InboundDependencies,
  { work, inbox, integration }: Omit<TurnOfConversation, 'figures'>,
): Promise<string> {
  const id = createSessionId();
  const session = createSession({
    persona: work.persona ?? integration.persona,
    metadata: { integration: integration.id, channel: integration.channel },
    ttlSeconds: dependencies.settings.sessionTtlSeconds,
    keyId: integration.id,
    model: await modelOfNewSession(dependencies, { sessionId: id, wanted: null }),
    now: nowSeconds(dependencies),
  });
  await dependencies.sessions(id, (object) => object.create(session));
  await inbox.keepSession(work.token, id);
  return id;
}

function whereSessionIsGone(error: unknown): null {
  if (error instanceof ApiError && error.code === 'session_not_found') return null;
  throw error;
}

/** Takes what a message may cost from the integration's quotas before it is answered, and then what it did cost. */
async function counted<Answer>(
  { quotas }: Integration,
  options: { charge: Charge; sessionId: string | null; dependencies: InboundDependencies },
  answer: () => Promise<Answer>,
): Promise<Answer> {
  const { charge, sessionId, dependencies } = options;
  const reservation = { sessionId, tokens: 2 * dependencies.model.config.maxPositions };
  // As with keys: while quotas cannot be counted, people are answered all the same.
  const decision = await quotas.reserve(reservation).catch(() => 'uncounted' as const);
  if (decision === 'uncounted') return answer();
  if (decision === null || !decision.granted) throw new ApiError('rate_limit_exceeded');
  try {
    return await answer();
  } finally {
    const used = charge.tokens ?? 0;
    await quotas.settle(reservation, used).catch((cause) => {
      dependencies.log({ event: 'settle_failed', cause: describeError(cause) });
    });
  }
}
