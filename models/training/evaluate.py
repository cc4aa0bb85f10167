"""Measures the model on names, facts and wordings that its training never showed, and prints sample conversations.

python evaluate.py --model ../tandem-mini [--num-beams 5] [--length-penalty 1.0]
"""

import argparse
import json
import random

import torch

from chat import Chatbot
from conversation import END
from dialogues.corpus import examples
from dialogues.entities import Entities
from dialogues.wording import fill, slots_of
from evaluation_cases import BETWEEN, PERSONA_QUESTIONS, RECALL, SENSIBLE, SHOWN
from train import loss_of

OTHER_FACTS = [
    "i am very tall",
    "my favorite season is spring",
    "i drive an old van",
    "i have two sisters",
    "i can't swim",
    "i drink a lot of tea",
]
SEED = 2024
ROUNDS = 20
BATCH = 40


def filled(rng, held_out, *templates):
    entities = Entities(rng, held_out)
    slots = {slot: name for template in templates for slot, name in slots_of(template)}
    values = {slot: entities.sample(name) for slot, name in slots.items()}
    return [fill(template, values) for template in templates], values


def persona_cases(rng, held_out):
    """(group, persona, turns, what the reply must contain)"""
    for _ in range(ROUNDS):
        for slot, (lines, questions) in PERSONA_QUESTIONS.items():
            (line, question), values = filled(rng, held_out, rng.choice(lines), rng.choice(questions))
            others = [fact for fact in rng.sample(OTHER_FACTS, rng.randint(0, 3))]
            persona = others + [line]
            rng.shuffle(persona)
            yield f"persona {slot}", persona, [question], values[slot]


def recall_cases(rng, held_out):
    for _ in range(ROUNDS):
        for slot, (told, questions) in RECALL.items():
            (said, question), values = filled(rng, held_out, told, rng.choice(questions))
            yield f"recall {slot}", [], [said, "That's nice!"] + rng.choice(BETWEEN) + [question], values[slot]


def accuracy(bot, cases):
    right, count = {}, {}
    wrong = []
    for start in range(0, len(cases), BATCH):
        batch = cases[start : start + BATCH]
        for (group, persona, turns, wanted), reply in zip(batch, bot.replies([(p, t) for _, p, t, _ in batch])):
            wanted = wanted if isinstance(wanted, list) else [wanted]
            found = any(text.lower() in reply.lower() for text in wanted)
            right[group] = right.get(group, 0) + found
            count[group] = count.get(group, 0) + 1
            if not found:
                wrong.append((persona, turns[-1], wanted[0], reply))
    return {group: right[group] / count[group] for group in count}, wrong


def held_out_loss(bot, held_out, count=1500):
    """Mean loss per token of the reply on new dialogues."""
    rows = [
        (bot.encoder.conversation(e["persona"], e["turns"]), bot.encoder.part(e["reply"]) + [END])
        for e in examples(SEED, count, held_out)
    ]
    rows.sort(key=lambda row: len(row[0]))
    total = tokens = 0
    with torch.inference_mode():
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            size = sum(len(reply) for _, reply in batch)
            total += loss_of(bot.model, batch).item() * size
            tokens += size
    return total / tokens


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--num-beams", type=int)
    parser.add_argument("--length-penalty", type=float)
    parser.add_argument("--min-length", type=int)
    parser.add_argument("--show-wrong", type=int, default=0)
    args = parser.parse_args()
    settings = dict(num_beams=args.num_beams, length_penalty=args.length_penalty, min_length=args.min_length)
    bot = Chatbot(args.model, **{name: value for name, value in settings.items() if value is not None})
    torch.set_num_threads(2)

    for held_out in (False, True):
        label = "held-out entities" if held_out else "entities of the training"
        print(f"## {label}\nloss {held_out_loss(bot, held_out):.3f}")
        for name, make in (("persona", persona_cases), ("recall", recall_cases)):
            scores, wrong = accuracy(bot, list(make(random.Random(SEED), held_out)))
            print(
                f"{name} {sum(scores.values()) / len(scores):.2f}",
                json.dumps({k: round(v, 2) for k, v in scores.items()}),
            )
            for case in wrong[: args.show_wrong]:
                print("   ", case)
    scores, wrong = accuracy(bot, [("sensible", [], [message], wanted) for message, wanted in SENSIBLE])
    print(f"## sensible\n{scores['sensible']:.2f}")
    for _, message, _, reply in wrong:
        print(f"    {message} -> {reply}")
    print("## conversations")
    for persona, messages in SHOWN:
        turns = []
        print("\n" + " | ".join(persona))
        for message in messages:
            turns.append(message)
            turns.append(bot.reply(persona, turns))
            print(f"> {message}\n{turns[-1]}")


if __name__ == "__main__":
    main()
