import { Hono } from 'hono';
import { type AppDependencies, type AppEnv, nowSeconds } from '../dependencies.ts';
import { generateReplies } from '../conversation/reply.ts';
import { chatCompletion, parseChatCompletionRequest } from '../openai/chat-completion.ts';
import { readConversation } from '../openai/messages.ts';
import { generationParameters } from '../openai/parameters.ts';
import { backendCall } from './backend-call.ts';
import { requireModel } from './models.ts';
import { readJsonObject } from '../request-body.ts';

/** OpenAI's chat completions, for any of its SDKs. The client keeps the conversation. */
export function chatCompletionRoutes(dependencies: AppDependencies) {
  const { settings, model } = dependencies;
  const { config, tokenizer } = model;

  return new Hono<AppEnv>().post('/', async (c) => {
    const request = parseChatCompletionRequest(await readJsonObject(c));
    requireModel(model, request.model ?? model.name);
    const replies = await generateReplies(dependencies, {
      conversation: readConversation(request.messages, {
        maxChars: settings.maxMessageChars,
        maxPositions: config.maxPositions,
        tokenizer,
      }),
      parameters: generationParameters(request, {
        defaults: config.recommendedGeneration,
        maxPositions: config.maxPositions,
        maxNumBeams: settings.maxNumBeams,
      }),
      call: backendCall(c),
    });
    // OpenAI's form has no place for these.
    if (replies.droppedTurns > 0) c.header('x-tandem-dropped-turns', String(replies.droppedTurns));
    if (replies.truncated) c.header('x-tandem-truncated', 'true');
    const id = `chatcmpl-${crypto.randomUUID().replaceAll('-', '')}`;
    return c.json(chatCompletion({ id, created: nowSeconds(dependencies), model: model.name, replies }));
  });
}
