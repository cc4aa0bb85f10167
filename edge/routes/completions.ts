import { Hono } from 'hono';
import { type AppDependencies, type AppEnv, nowSeconds } from '../dependencies.ts';
import type { PackedConversation } from '../conversation/packing.ts';
import { packForModel, replyToAll, type ServedModel } from '../conversation/reply.ts';
import { parseMessage } from '../conversation/text.ts';
import { ApiError } from '../errors.ts';
import {
  type Completion,
  completion,
  completionChunks,
  parseCompletionRequest,
  promptsOf,
} from '../openai/completion.ts';
import { speakerNamed } from '../models/speakers.ts';
import { generationPlan } from '../openai/parameters.ts';
import { streamOptions } from '../openai/stream-fields.ts';
import { readJsonObject } from '../request-body.ts';
import { answer } from './answer.ts';
import { packingHeaders } from './packing-headers.ts';
import { refuseForeignTokens } from './tokenize.ts';

/** OpenAI's older completions: what the model says to a text, or to token ids, without a conversation around it. */
export function completionRoutes(dependencies: AppDependencies) {
  const { settings, model } = dependencies;
  const { tokenizer } = model;

  return new Hono<AppEnv>().post('/', async (c) => {
    const request = parseCompletionRequest(await readJsonObject(c));
    const speaker = await speakerNamed(dependencies, request.model);
    const stream = streamOptions(request);
    const startedAt = dependencies.now();
    const prompts = promptsOf(request.prompt).map((prompt) =>
      readPrompt(prompt, { model, maxChars: settings.maxMessageChars }),
    );
    c.get('figures').add('tokenize', dependencies.now() - startedAt);
    const fields = { ...request, logprobs: request.logprobs === 0 };
    const plan = generationPlan(fields, { model, maxNumBeams: settings.maxNumBeams });
    packingHeaders(c, prompts);
    return answer<Completion>(c, dependencies, {
      async generate(call) {
        const asked = prompts.map(({ ids, text }) => ({ promptIds: ids, said: text }));
        const answered = await replyToAll(speaker, asked, { ...plan, call });
        return {
          id: `cmpl-${crypto.randomUUID().replaceAll('-', '')}`,
          created: nowSeconds(dependencies),
          model: speaker.model.name,
          answers: prompts.map(({ ids, text }, index) => ({
            replies: answered[index]!,
            echo: request.echo === true ? text : '',
            promptTokens: ids.length,
          })),
        };
      },
      whole: (done) => completion(done, tokenizer),
      events: stream && ((done) => completionChunks(done, { tokenizer, ...stream })),
    });
  });
}

/**
 * A text is one turn, shortened from its left where it is too long for the model. Ids are what the model reads, as they are.
 * @throws {ApiError} empty_message, message_too_long, invalid_value
 */
function readPrompt(
  prompt: string | number[],
  { model, maxChars }: { model: ServedModel; maxChars: number },
): PackedConversation & { text: string } {
  const { config, tokenizer } = model;
  const param = 'prompt';
  if (typeof prompt === 'string') {
    const text = parseMessage(prompt, { maxChars, param });
    return { ...packForModel(model, { persona: [], turns: [text] }), text };
  }
  refuseForeignTokens(prompt, { param, vocabSize: config.vocabSize });
  if (prompt.length > config.maxPositions) {
    const message = `prompt has ${prompt.length} tokens; the model reads at most ${config.maxPositions}.`;
    throw new ApiError('invalid_value', { param, message });
  }
  return { ids: prompt, droppedTurns: 0, truncated: false, text: tokenizer.decode(prompt) };
}
