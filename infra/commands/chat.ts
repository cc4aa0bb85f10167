import { createInterface } from 'node:readline';
import { Command } from 'commander';
import * as z from 'zod';
import { portFromEnvironment } from '../local/ports.ts';
import { UserError } from '../user-error.ts';

export function chatCommand(): Command {
  return new Command('chat')
    .description('talk to a running Tandem, through its edge')
    .option('--url <url>', "the edge's address (default: this machine, EDGE_PORT or 8787)")
    .option('--persona <line...>', 'what the model is, a line each: "i live in norway"')
    .action(chat);
}

async function chat(options: { url?: string; persona?: string[] }): Promise<void> {
  const edge = options.url ?? `http://127.0.0.1:${portFromEnvironment('EDGE_PORT', 8787)}`;
  const session = await call(
    edge,
    '/v1/sessions',
    options.persona === undefined ? {} : { persona: options.persona },
  );
  const { id } = sessionSchema.parse(session);
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
  await fetch(new URL(`/v1/sessions/${id}`, edge), { method: 'DELETE' });
}

/** One turn. What goes wrong with one message ends neither the conversation nor loses it. */
async function answer(edge: string, session: string, content: string): Promise<void> {
  try {
    const reply = messageSchema.parse(await call(edge, `/v1/sessions/${session}/messages`, { content }));
    console.log(`bot: ${reply.content}`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(`(${error.message})`);
  }
}

const sessionSchema = z.object({ id: z.string() });
const messageSchema = z.object({ content: z.string() });
const errorSchema = z.object({ error: z.object({ message: z.string() }) });

/** @throws {UserError} with the edge's own sentence where it refuses, or how to start one where there is none */
async function call(edge: string, path: string, body: unknown): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(new URL(path, edge), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    throw new UserError(
      `no edge answers at ${edge}: start one with "npm start", or name another with --url.`,
    );
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  const problem = errorSchema.safeParse(answer);
  throw new UserError(problem.success ? problem.data.error.message : `the edge answered ${response.status}.`);
}
