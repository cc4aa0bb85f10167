/** A tokenizer.json: the file format of Hugging Face's `tokenizers` library. */
export type TokenizerJson = Record<string, unknown>;

/**
 * The tokenizer.json of BlenderBot's byte-level BPE, for checkpoints that hold only vocab.json and merges.txt.
 * A space is prefixed unless the text starts with one. No post-processor: the conversation's end token is added
 * where the conversation is put together.
 * @param vocab vocab.json, parsed: token → id
 * @param merges merges.txt: a `#version` line, then one merge ("Ġ t") a line, best first
 */
export function byteLevelTokenizerJson(vocab: Record<string, number>, merges: string): TokenizerJson {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: ['<pad>', '<s>', '</s>', '<unk>']
      .filter((content) => vocab[content] !== undefined)
      .map((content) => ({
        id: vocab[content],
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      })),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      vocab,
      merges: parseMerges(merges),
    },
  };
}

function parseMerges(text: string): [string, string][] {
  const lines = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#version'));
  return lines.map((line, index) => {
    const pair = line.split(' ');
    if (pair.length !== 2)
      throw new Error(`merge ${index + 1} ("${line}") is not two tokens with a space between`);
    return pair as [string, string];
  });
}
