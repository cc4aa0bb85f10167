/** What somebody else's server answered, as far as it is read. */
export interface ResponseText {
  text: string;
  /** Whether that is all of it. */
  isWhole: boolean;
}

/**
 * An answer's body up to so many bytes, after decompression: whatever is answered, no more of it is held. The text may end in U+FFFD where a
 * character is cut.
 */
export async function readText(response: Response, maxBytes: number): Promise<ResponseText> {
  const { headers, body } = response;
  const announced = headers.get('content-length');
  // No more is read than is announced; compressed, that says nothing.
  if (announced !== null && Number(announced) <= maxBytes && !headers.has('content-encoding'))
    return { text: await response.text(), isWhole: true };
  const decoder = new TextDecoder();
  let text = '';
  let room = maxBytes;
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk.subarray(0, room), { stream: true });
    room -= chunk.byteLength;
    if (room < 0) return { text, isWhole: false };
  }
  return { text: text + decoder.decode(), isWhole: true };
}
