"""The Rust library's time to encode messages: TOKENIZER_JSON; {"messages", "passes"} on standard input, JSON on standard output."""

import json
import sys
import time

from tokenizers import Tokenizer

tokenizer = Tokenizer.from_file(sys.argv[1])
asked = json.load(sys.stdin)


def encode():
    return [tokenizer.encode(message, add_special_tokens=False).ids for message in asked["messages"]]


for _ in range(asked["passes"]):
    encode()
started = time.perf_counter()
for _ in range(asked["passes"]):
    ids = encode()
seconds = time.perf_counter() - started
print(json.dumps({"microseconds": seconds * 1e6 / asked["passes"] / len(asked["messages"]), "ids": ids}))
