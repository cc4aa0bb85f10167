import { createInterface } from 'node:readline';
import { Command } from 'commander';
import * as z from 'zod';
import { portFromEnvironment } from '../local/ports.ts';
import { plainLine } from '../terminal/plain-text.ts';
import { UserError } from '../user-error.ts';

const CLOSING_TIMEOUT_MS = 2_000;

export function chatCommand(): Command {
  return new Command('chat')
    .description('talk to a running Tandem, through its edge')
    .option('--url <url>', "the edge's address (default: this machine, EDGE_PORT or 8787)")
    .option('--persona <line...>', 'what the model is, a line each: "i live in norway"')
    .action(chat);
}

async function chat(options: { url?: string; persona?: string[] }): Promise<void> {
  const edge = parseEdge(options.url ?? `http://127.0.0.1:${portFromEnvironment('EDGE_PORT', 8787)}`);
  const persona = options.persona === undefined ? {} : { persona: options.persona };
  const { id } = await call(sessionSchema, at(edge, 'v1/sessions'), persona);
  console.error('Say something. An empty line or Ctrl-D ends the conversation.');

  const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: 'you: ' });
  const prompt = () => process.stdin.isTTY && terminal.prompt();
  prompt();
  for await (const line of terminal) {
    if (line.trim() === '') break;
    await answer(edge, id, line);
    prompt();
  }
  terminal.close();
  // An edge that is gone by now forgets the session by itself in time.
  const closing = { method: 'DELETE', signal: AbortSignal.timeout(CLOSING_TIMEOUT_MS) };
  await fetch(at(edge, `v1/sessions/${id}`), closing).catch(() => {});
}

/** One turn. What goes wrong with one message ends neither the conversation nor loses it. */
async function answer(edge: URL, session: string, content: string): Promise<void> {
  try {
    const reply = await call(messageSchema, at(edge, `v1/sessions/${session}/messages`), { content });
    console.log(`bot: ${plainLine(reply.content)}`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(`(${error.message})`);
  }
}

const sessionSchema = z.object({ id: z.string() });
const messageSchema = z.object({ content: z.string() });
const errorSchema = z.object({ error: z.object({ message: z.string() }) });

/** The edge's address, which may have a path: what is below it keeps that. */
function parseEdge(url: string): URL {
  if (!/^https?:/.test(url) || !URL.canParse(url))
    throw new UserError(`--url is ${JSON.stringify(url)}: an address begins with http:// or https://.`);
  return new URL(url);
}

function at(edge: URL, path: string): URL {
  return new URL(`${edge.pathname.replace(/\/*$/, '')}/${path}`, edge);
}

/** @throws {UserError} with the edge's own sentence where it refuses, or how to start one where there is none */
async function call<T>(schema: z.ZodType<T>, url: URL, body: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    throw new UserError(
      `no edge answers at ${url.origin}: start one with "npm start", or name another with --url.`,
    );
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) {
    const expected = schema.safeParse(answer);
    if (expected.success) return expected.data;
    throw new UserError(`what answers at ${url.origin} is not a Tandem edge: name another with --url.`);
  }
  const problem = errorSchema.safeParse(answer);
  if (problem.success) throw new UserError(plainLine(problem.data.error.message));
  throw new UserError(`${url} answered ${response.status}: is it a Tandem edge?`);
}
