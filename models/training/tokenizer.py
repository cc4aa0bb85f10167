"""Learns the byte-level BPE of the embedded model from the corpus, laid out as in BlenderBot-3B.

    python tokenizer.py --corpus corpus.jsonl --out ../tandem-mini/tokenizer.json

Ids: <pad> 0, <s> 1, </s> 2, <unk> 3, four fillers, the 256 bytes (8-263), then the merges.
"""

import argparse
import json
from collections import Counter
from itertools import islice

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

SPECIALS = ["<pad>", "<s>", "</s>", "<unk>"]
FILLERS = ["<s_AGAIN>", "<pad_AGAIN>", "</s_AGAIN>", "<unk_AGAIN>"]
# A rare word must stay in pieces, or the model never learns to copy a word that it does not know.
MIN_FREQUENCY = 120


def byte_level(model):
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def learn_merges(texts, merges):
    learner = byte_level(models.BPE())
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    learner.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=len(alphabet) + merges,
            initial_alphabet=alphabet,
            min_frequency=MIN_FREQUENCY,
            show_progress=False,
        ),
    )
    return [tuple(pair) for pair in json.loads(learner.to_str())["model"]["merges"]]


def build(texts, merges):
    pairs = learn_merges(texts, merges)
    tokens = SPECIALS + FILLERS + sorted(pre_tokenizers.ByteLevel.alphabet()) + ["".join(pair) for pair in pairs]
    vocab = {token: index for index, token in enumerate(dict.fromkeys(tokens))}
    tokenizer = byte_level(models.BPE(vocab=vocab, merges=pairs, unk_token="<unk>"))
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIALS])
    return tokenizer


def corpus_texts(path, examples):
    """Every part once for each time it is new in a dialogue: the last turn, the reply and the persona lines."""
    with open(path, encoding="utf-8") as lines:
        for line in islice(lines, examples):
            example = json.loads(line)
            yield example["turns"][-1]
            yield example["reply"]
            if len(example["turns"]) == 1:
                yield from ("your persona: " + fact for fact in example["persona"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--examples", type=int, default=140_000, help="learn from the first so many")
    parser.add_argument("--merges", type=int, default=1736)
    args = parser.parse_args()
    tokenizer = build(corpus_texts(args.corpus, args.examples), args.merges)
    tokenizer.save(args.out)
    lengths = Counter(len(tokenizer.encode(text).ids) for text in corpus_texts(args.corpus, args.examples))
    mean = sum(n * count for n, count in lengths.items()) / sum(lengths.values())
    print(f"{tokenizer.get_vocab_size()} tokens, {mean:.1f} tokens a text")


if __name__ == "__main__":
    main()
