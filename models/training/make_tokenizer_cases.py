"""What the Rust library `tokenizers` answers for the embedded model's vocabulary.

    python make_tokenizer_cases.py --model ../tandem-mini --out ../../test/reference/tokenizers/tandem-mini/cases.jsonl

A line is {"text", "ids", "decoded"}, ids without an end token; or {"persona", "turns", "ids"}: a whole
conversation as ParlAI encodes it (each part by itself with its prefix space, joined by two lone spaces, then the end
token 2, and the last 128 ids kept). No added tokens: a person who types "</s>" gets its letters and not id 2.
"""

import argparse
import json
import os
import random

from tokenizers import models

from conversation import join_parts
from tokenizer import byte_level

CASE_TOKENS = 128  # as `tandem tokenize` cuts
WORDS = """hi hello there my friends are cool but they eat too many carbs I'm don't won't it's we'll they've you'd he's
do you have any pets yes i've got two dogs and a cat named Mr. Whiskers what is your favourite food pizza sushi tacos
Los Angeles NASA 2024 3.14 $5.00 50% 10:30 e-mail me@example.com https://example.com/a?b=c #tag @you C++ wow!!! really??
...hmm (sure) "quoted" 'single' well-known state-of-the-art don’t “curly” … —dash— naïve café résumé Zoë Straße""".split()
ODD = [
    "日本語",
    "हिन्दी",
    "ไทย",
    "١٢٣",
    "a\u0301",
    "👍🏽",
    "👨\u200d👩\u200d👧",
    "🇫🇷",
    "\u00a0",
    "\t",
    "\n",
    "\r\n",
    "\u200b",
    "½",
    "ﬁ",
    "İ",
    "１２",
    "</s>",
    "<s>",
    "<mask>",
    "<pad>",
    "__end__",
    "\u0000",
    "\u007f",
    "a" * 300,
    "  ",
    "_",
    "~~",
    "`code`",
    "\U0001f916",
    "\ufffd",
    "\ufeff",
]


def text(rng):
    count = rng.choice([0, 1, 2, 4, 7, 12, 25])
    parts = [rng.choice(ODD) if rng.random() < 0.2 else rng.choice(WORDS) for _ in range(count)]
    space = rng.choice([" ", " ", " ", "", "  "])
    return rng.choice(["", "", " ", "\n"]) + space.join(parts) + rng.choice(["", "", " ", "\n"])


def without_added_tokens(path):
    """The same merges as tokenizer.json, with nothing special about "</s>"."""
    with open(path, encoding="utf-8") as file:
        model = json.load(file)["model"]
    return byte_level(models.BPE(vocab=model["vocab"], merges=[tuple(pair) for pair in model["merges"]]))


def text_case(tokenizer, rng):
    sample = text(rng)
    ids = tokenizer.encode(sample, add_special_tokens=False).ids
    return {"text": sample, "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=False)}


def conversation_case(tokenizer, rng):
    def words(lengths):
        return " ".join(rng.choice(WORDS) for _ in range(rng.choice(lengths)))

    persona = [words([3, 6]) for _ in range(rng.choice([0, 0, 2, 4]))]
    turns = [words([1, 3, 8, 15]) for _ in range(rng.choice([1, 2, 3, 5, 9]))]
    parts = (["\n".join("your persona: " + line for line in persona)] if persona else []) + turns
    encoded = [tokenizer.encode(part, add_special_tokens=False).ids for part in parts]
    return {"persona": persona, "turns": turns, "ids": join_parts(encoded, tokenizer.token_to_id("Ġ"))[-CASE_TOKENS:]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--texts", type=int, default=400)
    parser.add_argument("--conversations", type=int, default=100)
    args = parser.parse_args()
    rng, tokenizer = random.Random(args.seed), without_added_tokens(f"{args.model}/tokenizer.json")
    os.makedirs(os.path.dirname(args.out), exist_ok=True)
    with open(args.out, "w", encoding="utf-8") as out:
        for _ in range(args.texts):
            out.write(json.dumps(text_case(tokenizer, rng)) + "\n")
        for _ in range(args.conversations):
            out.write(json.dumps(conversation_case(tokenizer, rng)) + "\n")


if __name__ == "__main__":
    main()
