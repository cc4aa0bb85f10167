import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import * as z from 'zod';
import { EDGE_URL_HELP, EdgeClient, edgeAddress } from '../edge-client.ts';
import { plainLine } from '../terminal/plain-text.ts';
import { UserError } from '../user-error.ts';

const CLOSING_TIMEOUT_MS = 2_000;

export function chatCommand(): Command {
  return new Command('chat')
    .description('talk to a running Tandem, through its edge')
    .option('--url <url>', EDGE_URL_HELP)
    .option('--persona <line...>', 'what the model is, a line each: "i live in norway"')
    .addHelpText('after', '\nTANDEM_API_KEY is a secret key for an edge that is not in development mode.')
    .action(chat);
}

async function chat(options: { url?: string; persona?: string[] }): Promise<void> {
  const edge = new EdgeClient(edgeAddress(options.url), process.env['TANDEM_API_KEY'] || undefined);
  const persona = options.persona === undefined ? {} : { persona: options.persona };
  const { id } = await edge.call(sessionSchema, { path: 'v1/sessions', body: persona });
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
  const signal = AbortSignal.timeout(CLOSING_TIMEOUT_MS);
  await edge.send({ method: 'DELETE', path: `v1/sessions/${id}`, signal }).catch(() => {});
}

/** One turn. What goes wrong with one message ends neither the conversation nor loses it. */
async function answer(edge: EdgeClient, session: string, content: string): Promise<void> {
  try {
    const path = `v1/sessions/${session}/messages`;
    const idempotencyKey = randomUUID();
    const reply = await edge.call(messageSchema, { path, body: { content }, idempotencyKey });
    console.log(`bot: ${plainLine(reply.content)}`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(`(${error.message})`);
  }
}

const sessionSchema = z.object({ id: z.string() });
const messageSchema = z.object({ content: z.string() });
