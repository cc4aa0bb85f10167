"""Writes the corpus: one training example a line, the same bytes for the same seed.

    python -m dialogues.corpus --out corpus.jsonl [--seed 7] [--examples 230000] [--turns 1]

A line is {"persona": [lines], "turns": [person, bot, ..., person], "reply"}.
"""

import argparse
import hashlib
import json
import random

from .dialogue import Dialogue
from .entities import Entities


def examples(seed, count, held_out=False, turns=1):
    """Of every conversation the replies that answer at least so many turns."""
    rng = random.Random(seed)
    made = 0
    while made < count:
        played = Dialogue(rng, Entities(rng, held_out)).play()
        for example in [example for example in played if len(example["turns"]) >= turns][: count - made]:
            made += 1
            yield example


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--examples", type=int, default=230_000)
    parser.add_argument("--turns", type=int, default=1, help="only replies to at least so many turns")
    args = parser.parse_args()
    digest = hashlib.sha256()
    with open(args.out, "wb") as out:
        for example in examples(args.seed, args.examples, turns=args.turns):
            line = (json.dumps(example, ensure_ascii=False) + "\n").encode()
            digest.update(line)
            out.write(line)
    print(f"{args.examples} examples, sha256 {digest.hexdigest()}")


if __name__ == "__main__":
    main()
