"""Makes held-out.jsonl: conversations of the embedded model's simulator with another seed than its training and with names,
places and things that the training never showed.

    python make_held_out.py > held-out.jsonl

A line is {"persona": [lines], "turns": [person, bot, ..., person], "reply"}.
"""

import json
import sys
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "models" / "training"))

from dialogues.corpus import examples  # noqa: E402

SEED = 20261123
CONVERSATIONS = 200

for example in islice(examples(SEED, CONVERSATIONS, held_out=True), CONVERSATIONS):
    print(json.dumps(example, ensure_ascii=False))
