"""Talk to the model in a terminal, or use `Chatbot` from another script.

python chat.py --model ../tandem-mini [--persona "i am a pirate from Jamaica" --persona "i love rum cake"]
"""

import argparse

import torch
from tokenizers import Tokenizer
from transformers import BlenderbotForConditionalGeneration

from conversation import PAD, Encoder


class Chatbot:
    """Answers conversations with the model's own generation settings, unless others are given."""

    def __init__(self, path, **settings):
        self.tokenizer = Tokenizer.from_file(f"{path}/tokenizer.json")
        self.model = BlenderbotForConditionalGeneration.from_pretrained(path, dtype=torch.float32).eval()
        self.encoder = Encoder(self.tokenizer, self.model.config.max_position_embeddings)
        self.settings = settings

    def replies(self, conversations):
        """One reply for each (persona lines, turns)."""
        rows = [self.encoder.conversation(persona, turns) for persona, turns in conversations]
        width = max(map(len, rows))
        input_ids = torch.tensor([row + [PAD] * (width - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
        with torch.inference_mode():
            out = self.model.generate(input_ids=input_ids, attention_mask=mask, **self.settings)
        return [self.tokenizer.decode(ids.tolist(), skip_special_tokens=True).strip() for ids in out]

    def reply(self, persona, turns):
        return self.replies([(persona, turns)])[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--persona", action="append", default=[])
    args = parser.parse_args()
    bot, turns = Chatbot(args.model), []
    while True:
        try:
            turns.append(input("> "))
        except EOFError:
            return
        turns.append(bot.reply(args.persona, turns))
        print(turns[-1])


if __name__ == "__main__":
    main()
