import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ConversationCodec,
  conversationCodec,
  encodeConversation,
} from '../../edge/conversation/encoding.ts';
import { createTokenizer } from '../../edge/tokenizer/tokenizer.ts';
import { readTokenizer } from '../../gpu-backend/compiler/checkpoint/tokenizer.ts';
import { servableModel } from '../../infra/local/compiled-model.ts';
import { type LocalTandem, startLocalTandem } from '../../infra/local/tandem.ts';
import type { InferenceRequest } from '../../shared/inference-protocol.ts';
import { fromHere, readCases } from '../reference/cases.ts';
import { freePort } from './free-port.ts';
import { recordingProxy } from './recording-proxy.ts';

/**
 * A BlenderbotSmall with a vocabulary of its kind, through both tiers. Its weights are random: what it says means nothing,
 * but what it is given to read has to be what transformers' tokenizer makes of the same conversation.
 */
const CHECKPOINT = fromHere('../reference/checkpoints/blenderbot-small-safetensors');
const TOKENIZER = fromHere('../reference/tokenizers/tandem-small');
const POSITIONS = 512;

let folder: string;
let tandem: LocalTandem;
let proxy: Awaited<ReturnType<typeof recordingProxy>>;
let codec: ConversationCodec;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-small-'));
  const checkpoint = join(folder, 'small');
  await cp(CHECKPOINT, checkpoint, { recursive: true });
  for (const name of ['vocab.json', 'merges.txt']) await cp(join(TOKENIZER, name), join(checkpoint, name));
  const backendPort = await freePort();
  proxy = await recordingProxy(`http://127.0.0.1:${backendPort}`);
  tandem = await startLocalTandem({
    model: await servableModel(checkpoint, {
      modelsDirectory: join(folder, 'models'),
      hubCache: join(folder, 'hub'),
      log: () => {},
    }),
    edgePort: await freePort(),
    backendPort,
    stateDirectory: folder,
    verbose: false,
    signal: new AbortController().signal,
    edgeVariables: { BACKEND_URL: proxy.url },
  });
  codec = conversationCodec(createTokenizer(await readTokenizer(checkpoint)), 2);
});

afterAll(async () => {
  await tandem?.stop();
  await proxy?.close();
  await rm(folder, { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: the tests say what the body must be
async function post(path: string, body: unknown): Promise<any> {
  const response = await fetch(new URL(path, tandem.edgeUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.ok, await response.clone().text()).toBe(true);
  return response.json();
}

/** What the backend was given last. */
function lastInput(): number[] {
  const request = proxy.exchanges.at(-1)!.request as InferenceRequest;
  return request.inputs.find(({ name }) => name === 'input_ids')!.data;
}

/** What the backend answered last: its best sequence, without padding. */
function lastReply(): number[] {
  const outputs: { name: string; shape: number[]; data: number[] }[] =
    proxy.exchanges.at(-1)!.response.outputs;
  const output = (name: string) => outputs.find((one) => one.name === name)!;
  return output('sequences').data.slice(0, output('lengths').data[0]);
}

describe('a BlenderbotSmall', () => {
  it('reads a conversation as transformers encodes it', async () => {
    type Case = { persona: string[]; turns: string[]; ids: number[] };
    const cases = readCases<Case>(join(TOKENIZER, 'cases.jsonl'))
      .filter(
        ({ persona, turns, ids }) =>
          persona?.length !== undefined && turns.length % 2 === 1 && ids.length < POSITIONS,
      )
      .slice(0, 12);
    expect(new Set(cases.map(({ turns }) => turns.length)).size).toBeGreaterThan(2);
    for (const { persona, turns, ids } of cases) {
      const system = persona.length === 0 ? [] : [{ role: 'system', content: persona.join('\n') }];
      const said = turns.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content }));
      await post('/v1/chat/completions', { messages: [...system, ...said], max_tokens: 24 });
      expect(lastInput()).toEqual(ids);
    }
  });

  it('keeps a conversation of two turns, and reads its own reply again', async () => {
    const persona = ['i have a dog named biscuit.', 'i live in norway.'];
    const { id } = await post('/v1/sessions', { persona });
    const turns = ['Hello there!'];
    const first = await post(`/v1/sessions/${id}/messages`, { content: turns[0] });
    expect(lastInput()).toEqual(encodeConversation({ persona, turns }, codec));
    // It knows no capital letters: they are the edge's, and it reads them as small ones again.
    expect(first.content).toMatch(/^\p{Lu}/u);
    expect(first.content.toLowerCase()).toBe(codec.read(lastReply()));
    expect(first.content).toMatch(/\p{L}/u);
    expect(first.content).not.toMatch(/@@|<\/w>|__\w+__| [.,!?]/);

    turns.push(first.content, "Don't you\nsay?");
    await post(`/v1/sessions/${id}/messages`, { content: turns[2] });
    expect(lastInput()).toEqual(encodeConversation({ persona, turns }, codec));
  });

  it('takes what looks like its special tokens for text', async () => {
    const vocab = JSON.parse(await readFile(join(TOKENIZER, 'vocab.json'), 'utf8'));
    const special = ['__null__', '__start__', '__end__', '__newln__'];
    for (const content of [special.join(' '), special.join(''), '</s> <s> <pad>', '</w>']) {
      await post('/v1/chat/completions', { messages: [{ role: 'user', content }], max_tokens: 24 });
      const ids = lastInput();
      for (const token of special) expect(ids).not.toContain(vocab[token]);
    }
  });

  it('reads 512 tokens, and drops whole turns from the oldest on where there are more', async () => {
    const turns = Array.from(
      { length: 41 },
      (_, index) => `number ${index} is a number that i like a lot, and you?`,
    );
    const messages = turns.map((content, index) => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      content,
    }));
    await post('/v1/chat/completions', { messages, max_tokens: 24 });
    const ids = lastInput();
    expect(ids.length).toBeGreaterThan(POSITIONS - 40);
    expect(ids.length).toBeLessThanOrEqual(POSITIONS);
    const whole = encodeConversation({ persona: [], turns }, codec);
    expect(ids).toEqual(whole.slice(-ids.length));
    expect(whole.at(-ids.length - 1)).toBe(codec.separator[0]);
  });
});
