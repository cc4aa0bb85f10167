/** What Tandem says where the model does not. */
export const SENTENCES = {
  help: [
    'Just talk to me. Besides, I know these commands:',
    '/reset – I forget what we said',
    '/persona – who I am; /persona with a few facts makes me somebody else, /persona default changes me back',
    '/help – this',
    'Where "/" is taken, "!" does as well.',
  ].join('\n'),
  reset: 'I have forgotten all that. What shall we talk about?',
  noPersona: 'I am nobody in particular. Tell me who I am: /persona I have two cats. I live in Rome.',
  failed: 'Sorry, I could not think of an answer just now. Please say it again a little later.',
  quotaUsedUp: 'I have talked so much lately that I need a break. Please come back later.',
  tooLong: 'That is more than I can read at once. Could you say it in fewer words?',
  speechless: 'I do not know what to say to that.',
  empty: 'I can only read text, and saw none in that.',
} as const;

export function personaSentence(persona: string[]): string {
  if (persona.length === 0) return SENTENCES.noPersona;
  return ['This is who I am:', ...persona.map((fact) => `- ${fact}`)].join('\n');
}
