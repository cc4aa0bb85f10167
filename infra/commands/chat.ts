import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import * as z from 'zod';
import { apiKey, EDGE_URL_HELP, EdgeClient, edgeAddress, KEY_FILE_HELP } from '../edge-client.ts';
import { note, printJsonLine } from '../terminal/output.ts';
import { plainLine } from '../terminal/plain-text.ts';
import { UserError } from '../user-error.ts';
import { type JsonOption, withJson } from './json-option.ts';

const CLOSING_TIMEOUT_MS = 2_000;

export function chatCommand(): Command {
  const command = new Command('chat')
    .description('talk to a running Tandem, through its edge')
    .option('--url <url>', EDGE_URL_HELP)
    .option('--key-file <file>', KEY_FILE_HELP)
    .option('--persona <line...>', 'what the model is, a line each: "i live in norway"');
  return withJson(command, 'a line {"role": "assistant", "content": …} for each line that is said')
    .addHelpText(
      'after',
      `
An empty line or Ctrl-D ends the conversation, which is then deleted.

Examples:
  tandem chat
  tandem chat --persona "i live in norway." "i have two cats."
  echo "Do you have any pets?" | tandem chat --json`,
    )
    .action(chat);
}

interface ChatOptions extends JsonOption {
  url?: string;
  keyFile?: string;
  persona?: string[];
}

async function chat(options: ChatOptions): Promise<void> {
  const edge = new EdgeClient(edgeAddress(options.url), await apiKey(options));
  const persona = options.persona === undefined ? {} : { persona: options.persona };
  const { id } = await edge.call(sessionSchema, { path: 'v1/sessions', body: persona });
  note('Say something. An empty line or Ctrl-D ends the conversation.');

  const output = options.json ? {} : { output: process.stdout };
  const terminal = createInterface({ input: process.stdin, prompt: 'you: ', ...output });
  const prompt = () => process.stdin.isTTY && !options.json && terminal.prompt();
  prompt();
  for await (const line of terminal) {
    if (line.trim() === '') break;
    await answer(edge, id, { content: line, json: options.json });
    prompt();
  }
  terminal.close();
  // An edge that is gone by now forgets the session by itself in time.
  const signal = AbortSignal.timeout(CLOSING_TIMEOUT_MS);
  await edge.send({ method: 'DELETE', path: `v1/sessions/${id}`, signal }).catch(() => {});
}

/** One turn. What goes wrong with one message ends neither the conversation nor loses it. */
async function answer(
  edge: EdgeClient,
  session: string,
  { content, json }: { content: string; json: boolean },
): Promise<void> {
  try {
    const path = `v1/sessions/${session}/messages`;
    const idempotencyKey = randomUUID();
    const reply = await edge.call(messageSchema, { path, body: { content }, idempotencyKey });
    if (json) printJsonLine({ role: 'assistant', content: reply.content });
    else console.log(`bot: ${plainLine(reply.content)}`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    note(`(${error.message})`);
  }
}

const sessionSchema = z.object({ id: z.string() });
const messageSchema = z.object({ content: z.string() });
