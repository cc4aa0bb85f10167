import { Hono } from 'hono';
import * as z from 'zod';
import { type AppDependencies, type AppEnv, nowSeconds } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { parseInput, readJsonObject } from '../request-body.ts';
import type { Message } from '../session/session.ts';
import type { Feedback } from '../session/feedback.ts';

const MAX_COMMENT_CHARS = 2_000;

export const feedbackSchema = z.strictObject({
  rating: z.enum(['up', 'down'], 'must be "up" or "down"'),
  comment: z
    .string()
    .max(MAX_COMMENT_CHARS)
    .nullish()
    .describe('In the person’s own words. It is kept with the session, and goes with it.'),
});

/** What a person thinks of a reply. Said again it takes the place of what was said before. */
export function messageFeedbackRoutes(dependencies: AppDependencies) {
  const { sessions } = dependencies;

  return new Hono<AppEnv>().post('/:id/messages/:message/feedback', async (c) => {
    const { id, message: messageId } = c.req.param();
    const { rating, comment } = parseInput(feedbackSchema, await readJsonObject(c));
    const text = comment?.toWellFormed().trim() || undefined;
    const feedback: Feedback = { rating, comment: text, createdAt: nowSeconds(dependencies) };
    const rated = await sessions(id, (session) => session.rate(c.get('caller'), messageId, feedback));
    if (rated.outcome === 'missing') throw new ApiError('message_not_found');
    if (rated.outcome === 'not_a_reply') {
      const message = 'message: feedback is for replies; this is what the person said.';
      throw new ApiError('invalid_value', { param: 'message', message });
    }
    const { message, before } = rated;
    if (message.model !== undefined)
      c.get('figures').observe({ feedback: { model: message.model, rating, before } });
    return c.json({
      object: 'session.message.feedback',
      session_id: id,
      message_id: messageId,
      ...publicFeedback(message.feedback),
    });
  });
}

export function publicFeedback({ rating, comment, createdAt }: NonNullable<Message['feedback']>) {
  return { rating, comment: comment ?? null, created_at: createdAt };
}
