"""A small tokenizer of BlenderbotSmall's kind, learned from the embedded model's dialogues, and what transformers answers
with it: tokenizers/tandem-small/.

    (cd models/training && python -m dialogues.corpus --examples 4000 --out /tmp/corpus.jsonl)
    pip install subword-nmt transformers
    python test/reference/make_small_tokenizer.py --corpus /tmp/corpus.jsonl

vocab.json and merges.txt are made as ParlAI made the 90M's: subword-nmt's codes, then every piece of the corpus, most
frequent first. cases.jsonl has transformers' (slow) BlenderbotSmallTokenizer's answers; a line is {"text", "ids",
"decoded"}, or {"persona", "turns", "ids"}: the persona and each turn by itself, a line feed's id between them, no end
token, the last 512 ids. What a person types as "__end__" is left out: transformers takes it for the end token, Tandem
for text.
"""

import argparse
import io
import json
import os
import random
import re
from collections import Counter

from subword_nmt import apply_bpe, learn_bpe
from transformers import BlenderbotSmallTokenizer

HERE = os.path.dirname(os.path.abspath(__file__))
SPECIALS = ["__null__", "__start__", "__end__", "__unk__", "__newln__"]
POSITIONS = 512

WORDS = """hi hello there my friends are cool but they eat too many carbs I'm don't won't it's we'll they've you'd he's
do you have any pets yes i've got two dogs and a cat named Mr. Whiskers what is your favourite food pizza sushi tacos
Los Angeles NASA 2024 3.14 $5.00 50% 10:30 e-mail me@example.com https://example.com/a?b=c #tag @you C++ wow!!! really??
...hmm (sure) "quoted" 'single' dogs' 'tis well-known state-of-the-art don’t “curly” … —dash— café Zoë Straße ΟΔΟΣ
ΟΔΟΣ.Α foo@@ @@""".split()
ODD = ["日本語", "a\u0301", "👍🏽", "👨\u200d👩\u200d👧", "\u00a0", "\t", "\n", "\n\n", ".\n", "'\n", "\r\n", "\u0085", "\u2028",
       "\u200b", "½", "İ", "</s>", "</w>", "a" * 300, "  ", "_", "~~", "\ufffd", "\ufeff", "\u001c"]  # fmt: skip


def split(text):
    """ParlAI's words, lower-cased."""
    return re.findall(r"\w+|[^\w\s]", text.replace("\n", " __newln__ ").lower())


def corpus_words(path):
    words = Counter()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            example = json.loads(line)
            parts = ["your persona: " + fact for fact in example["persona"]] + example["turns"] + [example["reply"]]
            words.update(split("\n".join(parts)))
    return words


def learn(words, merges):
    codes = io.StringIO()
    learn_bpe.learn_bpe([f"{word} {count}" for word, count in words.items()], codes, merges, is_dict=True)
    bpe, pieces = apply_bpe.BPE(codes), Counter()
    for word, count in words.items():
        for piece in bpe.segment_tokens([word]):
            pieces[piece] += count
    # Ties by name: the same corpus gives the same file.
    ordered = sorted(pieces, key=lambda piece: (-pieces[piece], piece))
    tokens = SPECIALS + [piece for piece in ordered if piece not in SPECIALS]
    return {token: index for index, token in enumerate(tokens)}, codes.getvalue()


def make_text(rng):
    count = rng.choice([0, 1, 2, 4, 7, 12, 25])
    parts = [rng.choice(ODD) if rng.random() < 0.2 else rng.choice(WORDS) for _ in range(count)]
    space = rng.choice([" ", " ", " ", "", "  "])
    return rng.choice(["", "", " ", "\n"]) + space.join(parts) + rng.choice(["", "", " ", "\n"])


def encode(tokenizer, text):
    return tokenizer.convert_tokens_to_ids(tokenizer._tokenize(text))


def text_case(tokenizer, rng):
    text = make_text(rng)
    ids = encode(tokenizer, text)
    return {"text": text, "ids": ids, "decoded": tokenizer.convert_tokens_to_string(tokenizer.convert_ids_to_tokens(ids))}


def conversation_case(tokenizer, rng):
    def words(lengths):
        return " ".join(rng.choice(WORDS) for _ in range(rng.choice(lengths)))

    persona = [words([3, 6]) for _ in range(rng.choice([0, 0, 2, 4]))]
    turns = [words([1, 3, 8, 15, 40]) for _ in range(rng.choice([1, 2, 3, 5, 9]))]
    parts = (["\n".join("your persona: " + line for line in persona)] if persona else []) + turns
    ids = []
    for index, part in enumerate(parts):
        ids += ([SPECIALS.index("__newln__")] if index else []) + encode(tokenizer, part)
    return {"persona": persona, "turns": turns, "ids": ids[-POSITIONS:]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--merges", type=int, default=600)
    parser.add_argument("--out", default=os.path.join(HERE, "tokenizers/tandem-small"))
    parser.add_argument("--seed", type=int, default=3)
    args = parser.parse_args()
    vocab, codes = learn(corpus_words(args.corpus), args.merges)
    os.makedirs(args.out, exist_ok=True)
    with open(f"{args.out}/vocab.json", "w", encoding="utf-8") as file:
        json.dump(vocab, file, ensure_ascii=False, indent=0)
    with open(f"{args.out}/merges.txt", "w", encoding="utf-8") as file:
        file.write(codes)
    tokenizer, rng = BlenderbotSmallTokenizer(f"{args.out}/vocab.json", f"{args.out}/merges.txt"), random.Random(args.seed)
    with open(f"{args.out}/cases.jsonl", "w", encoding="utf-8") as file:
        for _ in range(400):
            file.write(json.dumps(text_case(tokenizer, rng)) + "\n")
        for _ in range(100):
            file.write(json.dumps(conversation_case(tokenizer, rng)) + "\n")
    print(f"{len(vocab)} tokens, {codes.count(chr(10)) - 1} merges")


main()
