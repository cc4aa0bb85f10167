import { Hono } from 'hono';
import { type AppDependencies, type AppEnv, nowSeconds } from '../dependencies.ts';
import { packForModel, replyTo } from '../conversation/reply.ts';
import {
  type ChatCompletion,
  chatCompletion,
  chatCompletionChunks,
  parseChatCompletionRequest,
} from '../openai/chat-completion.ts';
import { readConversation } from '../openai/messages.ts';
import { speakerNamed } from '../models/speakers.ts';
import { generationPlan } from '../openai/parameters.ts';
import { streamOptions } from '../openai/stream-fields.ts';
import { readJsonObject } from '../request-body.ts';
import { answer } from './answer.ts';
import { packingHeaders } from './packing-headers.ts';

/** OpenAI's chat completions, for any of its SDKs. The client keeps the conversation. */
export function chatCompletionRoutes(dependencies: AppDependencies) {
  const { settings, model, now } = dependencies;
  const { config, tokenizer } = model;

  return new Hono<AppEnv>().post('/', async (c) => {
    const request = parseChatCompletionRequest(await readJsonObject(c));
    const speaker = await speakerNamed(dependencies, request.model);
    const stream = streamOptions(request);
    const plan = generationPlan(request, { model, maxNumBeams: settings.maxNumBeams });
    const startedAt = now();
    const conversation = readConversation(request.messages, {
      maxChars: settings.maxMessageChars,
      maxPositions: config.maxPositions,
      tokenizer,
    });
    const packed = packForModel(model, conversation);
    c.get('figures').add('tokenize', now() - startedAt);
    packingHeaders(c, [packed]);
    return answer<ChatCompletion>(c, dependencies, {
      generate: async (call) => ({
        id: `chatcmpl-${crypto.randomUUID().replaceAll('-', '')}`,
        created: nowSeconds(dependencies),
        model: speaker.model.name,
        replies: await replyTo(speaker, {
          promptIds: packed.ids,
          said: conversation.turns.at(-1)!,
          alreadySaid: request.no_repeat_replies === true ? conversation.replies : [],
          ...plan,
          call,
        }),
        promptTokens: packed.ids.length,
      }),
      whole: (done) => chatCompletion(done, tokenizer),
      events: stream && ((done) => chatCompletionChunks(done, { tokenizer, ...stream })),
    });
  });
}
