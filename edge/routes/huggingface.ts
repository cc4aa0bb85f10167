import { Hono } from 'hono';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import { packForModel, replyToAll } from '../conversation/reply.ts';
import { cleanText, parseMessage } from '../conversation/text.ts';
import { joinTurns } from '../conversation/turns.ts';
import { ApiError } from '../errors.ts';
import { conversationAnswer, generatedTexts } from '../huggingface/answer.ts';
import {
  generationFieldsOf,
  type HuggingFaceRequest,
  inHuggingFaceWords,
  isConversation,
  parseHuggingFaceRequest,
} from '../huggingface/request.ts';
import { speakerNamed } from '../models/speakers.ts';
import { type GenerationPlan, generationPlan } from '../openai/parameters.ts';
import { readJsonObject } from '../request-body.ts';
import { backendCall } from './backend-call.ts';
import { packingHeaders } from './packing-headers.ts';

/** Hugging Face's inference API for a model: text2text-generation, and the old conversational form. */
export function huggingFaceRoutes(dependencies: AppDependencies) {
  const { settings, model } = dependencies;
  const maxChars = settings.maxMessageChars;

  /** @throws {ApiError} invalid_value */
  function planOf({ parameters }: HuggingFaceRequest): GenerationPlan {
    try {
      return generationPlan(generationFieldsOf(parameters), { model, maxNumBeams: settings.maxNumBeams });
    } catch (error) {
      throw error instanceof ApiError ? inHuggingFaceWords(error) : error;
    }
  }

  // A model of the hub has its owner before its name.
  return new Hono<AppEnv>().post('/:id{.+}', async (c) => {
    const speaker = await speakerNamed(dependencies, c.req.param('id'));
    const request = parseHuggingFaceRequest(await readJsonObject(c));
    const plan = planOf(request);
    const { inputs } = request;
    const conversations = isConversation(inputs)
      ? [turnsOf(inputs, maxChars)]
      : [inputs].flat().map((text) => [parseMessage(text, { maxChars, param: 'inputs' })]);
    const startedAt = dependencies.now();
    const packed = conversations.map((turns) => packForModel(model, { persona: [], turns }));
    c.get('figures').add('tokenize', dependencies.now() - startedAt);
    packingHeaders(c, packed);
    const prompts = packed.map(({ ids }, index) => ({
      promptIds: ids,
      said: conversations[index]!.at(-1)!,
    }));
    const replies = await replyToAll(speaker, prompts, { ...plan, call: backendCall(c) });
    return isConversation(inputs)
      ? c.json(conversationAnswer(inputs, replies[0]![0]!, packed[0]!))
      : c.json(generatedTexts(replies, { isList: Array.isArray(inputs) }));
  });
}

type PastConversation = Extract<HuggingFaceRequest['inputs'], { text: string }>;

/** @throws {ApiError} invalid_value, empty_message, message_too_long */
function turnsOf(conversation: PastConversation, maxChars: number): string[] {
  const asked = conversation.past_user_inputs ?? [];
  const answered = conversation.generated_responses ?? [];
  if (asked.length !== answered.length) {
    const message = 'inputs.generated_responses must hold one response to each of inputs.past_user_inputs.';
    throw new ApiError('invalid_value', { param: 'inputs.generated_responses', message });
  }
  const said = asked.flatMap((text, index) => [
    {
      role: 'user',
      content: parseMessage(text, { maxChars, param: `inputs.past_user_inputs.${index}` }),
    },
    { role: 'assistant', content: cleanText(answered[index]!) },
  ]);
  const text = parseMessage(conversation.text, { maxChars, param: 'inputs.text' });
  return joinTurns([...said, { role: 'user', content: text }]);
}
