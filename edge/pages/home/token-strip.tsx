import type { ServedModel } from '../../conversation/reply.ts';
import { conversationCodec } from '../../conversation/encoding.ts';

/** A text and what becomes of it at the edge: each token's text above its id, as the served model's own tokenizer has them. */
export function TokenStrip({ text, model }: { text: string; model: ServedModel }) {
  const { tokenizer, config } = model;
  const ids = [...tokenizer.encode(text), ...conversationCodec(tokenizer, config.tokens.eos).end];
  return (
    <ol class="tokens" aria-label={`The tokens of “${text}”`}>
      {ids.map((id) => (
        <li>
          <span class="piece">{tokenizer.decode([id]).replaceAll(' ', '␣') || 'end'}</span>
          <span class="id">{id}</span>
        </li>
      ))}
    </ol>
  );
}
