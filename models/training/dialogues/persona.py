"""The bot's character in one dialogue: none, or up to five lines about itself."""

from .style import Style
from .wording import choose, fill, pieces, sentence_case, slots_of

NUMBER_OF_FACTS = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4]


class KnownFact:
    """A fact with its values filled in."""

    def __init__(self, fact, line, values, shown):
        self.fact = fact
        self.values = values
        # Values as the bot writes them; "line" is the persona's own sentence.
        self.shown = {**shown, "line": fill(sentence_case(line), shown).rstrip(".!") + "."}

    def answers(self, topic, key):
        """Reply templates for a question, or none."""
        table = self.fact.answers
        prefix = "" if topic == self.fact.topic else topic + ":"
        templates = table.get(prefix + key) or []
        can_repeat = templates and key == "*" and self.fact.topic != "name"
        return templates + ["{line}"] * 2 * len(templates) if can_repeat else templates


class Persona:
    def __init__(self, rng, entities, facts):
        self.rng = rng
        self.style = Style(rng)
        if self.style.case == "upper":
            self.style.case = "normal"
        self.style.shortens, self.style.typos = False, 0
        self.known, self.lines = [], []
        for fact in self.draw(facts):
            self.learn(fact, entities)

    def draw(self, facts):
        count = self.rng.choice(NUMBER_OF_FACTS)
        chosen, taken = [], set()
        while len(chosen) < count:
            fact = self.rng.choices(facts, [fact.weight for fact in facts])[0]
            topics = {fact.topic} | {key.split(":")[0] for key in fact.answers if ":" in key}
            if not topics & taken:
                chosen.append(fact)
                taken |= topics - {"self"}
        return chosen

    def learn(self, fact, entities):
        line = choose(self.rng.choice(fact.lines), self.rng)
        values = {}
        for text in [line] + [text for texts in fact.answers.values() for text in texts]:
            for slot, sampler in slots_of(text):
                if slot not in values and slot != "line":
                    values[slot] = entities.sample(sampler)
        shown = {slot: self.style.shown(value) for slot, value in values.items()}
        self.known.append(KnownFact(fact, line, values, shown))
        self.lines.append(self.style.write(pieces(line, values)))

    def about(self, topic, key="*"):
        return [known for known in self.known if known.answers(topic, key)]
