import { ApiError } from '../../errors.ts';
import { type Command, readCommand } from './command.ts';
import { openerOf, readPersona, sayInConversation, type TurnOfConversation } from './conversation-turn.ts';
import type { InboundDependencies } from './inbound-dependencies.ts';
import { personaSentence, SENTENCES } from './sentences.ts';

/**
 * What is said to a message: to a command by Tandem, to all else by the model; where the fault is the message's, a sentence
 * that says so.
 * @throws {ApiError} what may pass
 */
export async function findReply(
  dependencies: InboundDependencies,
  turn: TurnOfConversation,
): Promise<string> {
  const command = readCommand(turn.work.message.text);
  try {
    if (command !== null) return await obey(command, dependencies, turn);
    const reply = await sayInConversation(dependencies, turn);
    // Nothing would be shown, in some channels for ever that the bot is thinking.
    return reply.trim() === '' ? SENTENCES.speechless : reply;
  } catch (error) {
    const sentence = error instanceof ApiError ? sentenceFor(error) : null;
    if (sentence === null) throw error;
    return sentence;
  }
}

/** Null for what may pass. */
function sentenceFor({ code, message }: ApiError): string | null {
  switch (code) {
    case 'message_too_long':
      return SENTENCES.tooLong;
    case 'empty_message':
      return SENTENCES.empty;
    case 'rate_limit_exceeded':
      return SENTENCES.quotaUsedUp;
    case 'persona_too_long':
      return message;
    default:
      return null;
  }
}

async function obey(
  command: Command,
  dependencies: InboundDependencies,
  { work, inbox, integration }: TurnOfConversation,
): Promise<string> {
  const { sessions } = dependencies;
  const { sessionId, token } = work;
  const opener = openerOf(integration);
  switch (command.name) {
    case 'help':
      return SENTENCES.help;
    case 'reset':
      if (sessionId !== null) await sessions(sessionId, (session) => session.erase(opener));
      await inbox.keepSession(token, null);
      return SENTENCES.reset;
    case 'persona': {
      if (command.facts === '') return personaSentence(work.persona ?? integration.persona);
      const own = /^default$/i.test(command.facts) ? null : readPersona(dependencies, command.facts);
      const persona = own ?? integration.persona;
      if (sessionId !== null) await sessions(sessionId, (session) => session.edit(opener, { persona }));
      await inbox.keepPersona(token, own);
      return personaSentence(persona);
    }
  }
}
