"""How a conversation becomes token ids: the same way as Tandem's edge and ParlAI do it.

Every part (the persona, then each turn) is trimmed and encoded by itself with its prefix space; parts are joined
by two lone spaces; the end token follows. The persona stays, the oldest turns go first.
"""

START, END, PAD = 1, 2, 0
MAX_TOKENS = 96
PERSONA_PREFIX = "your persona: "


def persona_part(lines):
    """The persona as the model reads it, or None where there is none."""
    return "\n".join(PERSONA_PREFIX + line.strip() for line in lines) if lines else None


def join_parts(encoded_parts, space):
    """Token ids of a whole conversation, however long. `space` is the id of the lone space `Ġ`."""
    ids = []
    for index, part in enumerate(encoded_parts):
        ids += ([space, space] if index else []) + part
    return ids + [END]


def pack(encoded_persona, encoded_turns, space, max_tokens):
    """At most `max_tokens` ids: whole oldest turns are dropped until the rest fits, then the last ids are kept."""
    head = [encoded_persona] if encoded_persona else []
    turns = list(encoded_turns)
    ids = join_parts(head + turns, space)
    while len(ids) > max_tokens and len(turns) > 1:
        turns.pop(0)
        ids = join_parts(head + turns, space)
    return ids[-max_tokens:]


class Encoder:
    """Text to ids with a cache: the same part occurs in several examples."""

    def __init__(self, tokenizer, max_tokens=MAX_TOKENS):
        self.tokenizer = tokenizer
        self.max_tokens = max_tokens
        # What a person types is text: "</s>" is four letters and not the end of the input.
        self.tokenizer.encode_special_tokens = True
        self.space = tokenizer.token_to_id("Ġ")
        self.cache = {}

    def part(self, text):
        if text not in self.cache:
            self.cache[text] = self.tokenizer.encode(text.strip(), add_special_tokens=False).ids
        return self.cache[text]

    def conversation(self, persona, turns):
        head = persona_part(persona)
        return pack(self.part(head) if head else None, [self.part(turn) for turn in turns], self.space, self.max_tokens)
