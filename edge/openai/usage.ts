/** What an answer cost, as OpenAI counts it: end tokens included. */
export function usage(replies: { ids: number[] }[], promptTokens: number) {
  const completionTokens = replies.reduce((sum, { ids }) => sum + ids.length, 0);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}
