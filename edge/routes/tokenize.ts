import { Hono } from 'hono';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import { conversationCodec } from '../conversation/encoding.ts';
import { packForModel } from '../conversation/reply.ts';
import { refuseTooLong } from '../conversation/text.ts';
import { ApiError } from '../errors.ts';
import { modelNamed } from '../models/speakers.ts';
import { readConversation } from '../openai/messages.ts';
import { detokenizeSchema, tokenizeSchema } from '../openai/tokenization.ts';
import { parseInput, readJsonObject } from '../request-body.ts';
import { packingHeaders } from './packing-headers.ts';

/** Text or a chat to the ids that the model reads, in vLLM's form. */
export function tokenizeRoutes({ settings, model, candidate }: AppDependencies) {
  const { config, tokenizer } = model;
  const codec = conversationCodec(tokenizer, config.tokens.eos);
  const limits = { maxChars: settings.maxMessageChars, maxPositions: config.maxPositions, tokenizer };

  return new Hono<AppEnv>().post('/', async (c) => {
    const request = parseInput(tokenizeSchema, await readJsonObject(c));
    modelNamed({ model, candidate }, request.model);
    const { prompt, messages } = request;
    if ((prompt == null) === (messages == null)) {
      const message = 'Send either a "prompt" or "messages".';
      throw new ApiError('invalid_request', { param: 'prompt', message });
    }
    let tokens: number[];
    if (messages != null) {
      const packed = packForModel(model, readConversation(messages, limits));
      packingHeaders(c, [packed]);
      tokens = packed.ids;
    } else {
      const text = prompt!.toWellFormed();
      refuseTooLong(text, { maxChars: limits.maxChars, param: 'prompt' });
      tokens = [...tokenizer.encode(text), ...(request.add_special_tokens === false ? [] : codec.end)];
    }
    const token_strs = request.return_token_strs ? tokens.map((id) => tokenizer.decode([id])) : null;
    return c.json({ count: tokens.length, max_model_len: config.maxPositions, tokens, token_strs });
  });
}

/** Ids to text, in vLLM's form. Special tokens have none. */
export function detokenizeRoutes({ model, candidate }: AppDependencies) {
  return new Hono<AppEnv>().post('/', async (c) => {
    const request = parseInput(detokenizeSchema, await readJsonObject(c));
    modelNamed({ model, candidate }, request.model);
    refuseForeignTokens(request.tokens, { param: 'tokens', vocabSize: model.config.vocabSize });
    return c.json({ prompt: model.tokenizer.decode(request.tokens) });
  });
}

/** @throws {ApiError} invalid_value for an id that the vocabulary does not have */
export function refuseForeignTokens(
  ids: number[],
  { param, vocabSize }: { param: string; vocabSize: number },
): void {
  const foreign = ids.find((id) => id >= vocabSize);
  if (foreign === undefined) return;
  const message = `${param}: ${foreign} is no token id of the model; ids go from 0 to ${vocabSize - 1}.`;
  throw new ApiError('invalid_value', { param, message });
}
