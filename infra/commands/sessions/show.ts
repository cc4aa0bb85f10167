import { Command } from 'commander';
import { printJson } from '../../terminal/output.ts';
import { plainLine } from '../../terminal/plain-text.ts';
import { minuteOf } from '../../terminal/times.ts';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import { type Session, sessionPath, sessionSchema } from './session.ts';

export function showCommand(): Command {
  const command = new Command('show')
    .description('show a conversation')
    .argument('<id>', 'a session of "tandem sessions list"');
  return withEdgeOptions(command, 'the session with its "messages"')
    .addHelpText('after', '\nExample:\n  tandem sessions show sess_0123456789abcdef')
    .action(show);
}

async function show(id: string, { url, json }: EdgeOptions): Promise<void> {
  const admin = await adminClient(url);
  const session = await admin.call(sessionSchema, { method: 'GET', path: sessionPath(id) });
  if (json) printJson(session);
  else console.log(describeSession(session));
}

const SPEAKERS = { user: 'Person', assistant: 'Bot' } as const;

function describeSession(session: Session): string {
  const { id, key_id, persona, metadata, messages, created_at, expires_at } = session;
  const notes = Object.entries(metadata).map(([name, value]) => `${plainLine(name)}: ${plainLine(value)}`);
  return [
    `${id}, ${key_id === null ? 'without a key' : `of ${key_id}`}`,
    `made ${minuteOf(created_at)}, kept until ${minuteOf(expires_at)}`,
    ...(persona.length > 0 ? [`persona: ${persona.map(plainLine).join(' ')}`] : []),
    ...notes,
    '',
    ...(messages.length === 0 ? ['Nothing has been said.'] : []),
    ...messages.map(({ role, content }) => `${SPEAKERS[role]}: ${plainLine(content)}`),
  ].join('\n');
}
