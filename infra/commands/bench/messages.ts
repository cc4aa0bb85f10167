/** Of different lengths, as people write, so that requests share no cache and batches are mixed. */
const MESSAGES = [
  'Hello!',
  'Do you have any pets?',
  'What do you do for a living?',
  'I went hiking in the mountains last weekend and saw a bear. Have you ever met one?',
  'What music do you like?',
  'I am learning to cook. What is your favourite dish, and is it hard to make?',
  'It has been raining here for a whole week.',
  'Have you read any good books lately? I am looking for something to take on a long train journey.',
];

interface Asked {
  message?: string[];
  maxTokens?: number;
}

/** The body of a chat completion, for the request with this index. */
export function chatBody(index: number, { message: messages = MESSAGES, maxTokens }: Asked): object {
  const content = messages[index % messages.length]!;
  return {
    messages: [{ role: 'user', content }],
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
  };
}
