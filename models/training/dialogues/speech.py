"""Both voices of a dialogue: the bot's replies from templates, and what the person types."""

import re

from .persona import Persona
from .style import Style
from .topics import FACTS, QUESTIONS
from .wording import choose, fill, pieces, sentence_case, slots_of

TAG = re.compile(r"\s*\[([a-z_]+)\]$")
# A value is repeated letter by letter, so no reply begins with one that may lack its capital.
LEADS = ["Ah, ", "Oh, ", "Well, "]
QUESTION = re.compile(r"<([a-z_]+|\*)>")


class Speech:
    """The state of one conversation, and how both sides put things."""

    def __init__(self, rng, entities):
        self.rng = rng
        self.entities = entities
        self.style = Style(rng)
        self.persona = Persona(rng, entities, FACTS)
        self.turns = []
        self.pending = None  # tag of the question that the bot has just asked
        self.asked = set()  # topics that the bot has asked about or knows the answer to
        self.memory = {}  # key -> (index of the turn, shown values)
        self.values = {}
        self.bots_own = set()  # slots of self.values that the bot chose
        self.examples = []

    # What the bot says

    def question(self, topic):
        """(text, tag) of one of the bot's questions; about something new where the topic is "*"."""
        if topic == "*":
            fresh = [name for name in QUESTIONS if name not in self.asked and name != "age"]
            topic = self.rng.choice(fresh or ["mood", "hobbies"])
        text, tag = choose(self.rng.choice(QUESTIONS[topic]), self.rng), topic
        if match := TAG.search(text):
            text, tag = TAG.sub("", text), match.group(1)
        return text, tag

    def speak(self, template, shown):
        """(reply, pending tag)"""
        text, tag = choose(template, self.rng), None
        if match := TAG.search(text):
            text, tag = TAG.sub("", text), match.group(1)
        while match := QUESTION.search(text):
            asked, tag = self.question(match.group(1))
            text = text[: match.start()] + asked + text[match.end() :]
        if text.startswith("{") and not text.startswith("{line}"):
            text = self.rng.choice(LEADS) + text
        return fill(sentence_case(text), shown), tag

    # What the person says

    def write(self, template):
        """The typed text; `self.values` afterwards holds the values as the bot repeats them."""
        self.bots_own = set()
        template = choose(template, self.rng)
        values = dict(self.values)
        for slot, sampler in slots_of(template):
            if slot not in values:
                values[slot] = self.entities.sample(sampler)
        typed = self.style.write(pieces(template, values))
        self.values = values
        return typed

    def shown(self):
        return {
            slot: value if slot in self.bots_own else self.style.shown(value) for slot, value in self.values.items()
        }

    def complete(self, template):
        """Slots of the reply that the person did not mention: what the bot recommends, say."""
        self.bots_own, self.entities.inventing = set(), False
        for slot, sampler in slots_of(template):
            if slot not in self.values:
                self.values[slot] = self.entities.sample(sampler)
                self.bots_own.add(slot)
        self.entities.inventing = True

    def fitting(self, templates):
        """A template that speaks only of what the person has mentioned, where there is one."""
        known = [text for text in templates if all(slot in self.values for slot, _ in slots_of(text))]
        template = self.rng.choice(known or [text for text in templates if not slots_of(text)] or templates)
        self.complete(template)
        return template
