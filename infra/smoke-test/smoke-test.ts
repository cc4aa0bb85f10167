import * as z from 'zod';
import { type Finding, ok, problem } from '../doctor/finding.ts';
import type { EdgeClient } from '../edge-client.ts';

/** What is asked: short, and the same each time. */
const MESSAGE = 'Hello! Do you have any pets?';
const PERSONA = 'i have a dog named biscuit.';

const healthSchema = z.object({ status: z.string(), version: z.string(), model: z.string() });
const completionSchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })),
});
const chunkSchema = z.object({
  choices: z.array(
    z.object({ delta: z.object({ content: z.string().optional() }), finish_reason: z.string().nullable() }),
  ),
});
const sessionSchema = z.object({ id: z.string() });
const messageSchema = z.object({ content: z.string() });
const historySchema = z.object({ data: z.array(z.object({ role: z.string(), content: z.string() })) });

/**
 * Uses an edge as its clients do, all the way to the model and back, and erases what it has said. Four replies; each part is tried
 * whatever became of those before.
 */
export async function smokeTest(edge: EdgeClient): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [about, look] of Object.entries(PARTS)) {
    try {
      findings.push(ok(about, await look(edge)));
    } catch (error) {
      // fetch's own, which says nothing.
      const found = error instanceof TypeError ? 'nobody answers' : (error as Error).message;
      findings.push(problem(about, found, 'tandem doctor --url … says more.'));
    }
  }
  return findings;
}

/** By what they try: each says what it found, or throws an Error with what is wrong. */
const PARTS: Record<string, (edge: EdgeClient) => Promise<string>> = {
  async health(edge) {
    const response = await edge.send({ method: 'GET', path: 'healthz' });
    const health = healthSchema.safeParse(await response.json().catch(() => undefined)).data;
    if (health === undefined) throw new Error(`what answers (${response.status}) is no edge of Tandem`);
    const { status, version, model } = health;
    if (status !== 'ok') throw new Error(`no backend is ready (${status})`);
    return `Tandem ${version} serves ${model}`;
  },

  async reply(edge) {
    const { choices } = await edge.call(completionSchema, {
      path: 'v1/chat/completions',
      body: { messages: [{ role: 'user', content: MESSAGE }] },
    });
    return words(choices[0]?.message.content);
  },

  async stream(edge) {
    const body = { messages: [{ role: 'user', content: MESSAGE }], stream: true };
    const response = await edge.send({ path: 'v1/chat/completions', body });
    const text = await response.text();
    if (!response.ok) throw new Error(`answered ${response.status}`);
    const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data!);
    if (events.pop() !== '[DONE]') throw new Error('does not end with [DONE]');
    const choices = events.flatMap((event) => chunkSchema.parse(JSON.parse(event)).choices);
    if (!choices.some(({ finish_reason }) => finish_reason !== null))
      throw new Error('says no reason for its end');
    return words(choices.map(({ delta }) => delta.content ?? '').join(''));
  },

  async session(edge) {
    const { id } = await edge.call(sessionSchema, { path: 'v1/sessions', body: { persona: PERSONA } });
    const path = `v1/sessions/${id}`;
    return converse(edge, path).finally(() => erase(edge, path));
  },
};

async function converse(edge: EdgeClient, session: string): Promise<string> {
  const path = `${session}/messages`;
  const replies: string[] = [];
  for (const content of [MESSAGE, 'What is its name?'])
    replies.push((await edge.call(messageSchema, { path, body: { content } })).content);
  const { data } = await edge.call(historySchema, { method: 'GET', path });
  const kept = data.filter(({ role }) => role === 'assistant').map(({ content }) => content);
  if (kept.join('\n') !== replies.join('\n')) throw new Error('does not keep what was said');
  return words(replies.at(-1));
}

async function erase(edge: EdgeClient, session: string): Promise<void> {
  const { ok: isErased, status } = await edge.send({ method: 'DELETE', path: session });
  if (!isErased) throw new Error(`is not erased (${status})`);
}

/** Whatever the model says, it says something. What that is stays out of logs. */
function words(reply: string | undefined): string {
  if (!reply?.trim()) throw new Error('the reply is empty');
  return `a reply of ${reply.trim().split(/\s+/).length} words`;
}
