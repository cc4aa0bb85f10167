"""Chooses a training mixture from a corpus: mostly short conversations, and those whose reply needs its context.

    python select_examples.py --corpus corpus.jsonl --out mixture.jsonl

A small model learns to read the newest message, and to repeat a name, from short conversations first: in long ones most of
what it computes is spent on turns that do not matter for the reply.
"""

import argparse
import json
import random
import re

SEED = 17
# Conversations by the number of messages of the person: how many to take.
SHARES = {1: 60_000, 2: 38_000, 3: 22_000}
# Words that replies share with their context by chance.
COMMON = 400


def words(text):
    return set(re.findall(r"[a-z]{4,}", text.lower()))


def common_words(examples):
    counts = {}
    for example in examples:
        for word in words(example["reply"]):
            counts[word] = counts.get(word, 0) + 1
    return set(sorted(counts, key=lambda word: (-counts[word], word))[:COMMON])


def needs_context(example, common):
    """Whether the reply repeats a word of its context that replies do not have anyway."""
    context = words(" ".join(example["persona"] + example["turns"]))
    return bool((words(example["reply"]) & context) - common)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    with open(args.corpus, encoding="utf-8") as lines:
        examples = [json.loads(line) for line in lines]
    common = common_words(examples)
    rng = random.Random(SEED)
    chosen = []
    for messages, share in SHARES.items():
        group = [e for e in examples if min((len(e["turns"]) + 1) // 2, max(SHARES)) == messages]
        rng.shuffle(group)
        group.sort(key=lambda example: not needs_context(example, common))
        # Half of them repeat something, where there are so many.
        repeating = sum(needs_context(example, common) for example in group)
        first = min(repeating, share // 2)
        rest = group[first:]
        rng.shuffle(rest)
        chosen += group[:first] + rest[: share - first]
    rng.shuffle(chosen)
    with open(args.out, "w", encoding="utf-8") as out:
        for example in chosen:
            out.write(json.dumps(example, ensure_ascii=False) + "\n")
    print(f"{len(chosen)} of {len(examples)} examples")


if __name__ == "__main__":
    main()
