"""Plays one conversation between a person who says anything and a bot that answers the last thing said."""

from .acts import Acts
from .exchange import Tell
from .topics import ASKS, CHATS, MEMORIES, TELLS

LONGEST = 6
RECALLS = 0.16


class Dialogue(Acts):
    """Chooses what happens next."""

    def play(self):
        if self.rng.random() < RECALLS:
            return self.tell_and_recall()
        length = self.rng.choice([1, 1, 1, 1, 2, 2, 2, 3, 3, 4, LONGEST])
        self.open()
        while len(self.examples) < length:
            self.step()
        return self.examples

    def tell_and_recall(self):
        """Something told, other things said, then "what is my name?"."""
        tell = self.pick([tell for tell in TELLS if set(tell.remember) & set(MEMORIES)])
        self.tell(tell, short=False)
        for _ in range(self.rng.choice([0, 1, 1, 2, 2])):
            self.step()
        self.recall(self.rng.choice([key for key in tell.remember if key in MEMORIES]))
        return self.examples

    def open(self):
        roll = self.rng.random()
        if roll < 0.25:
            self.chat(self.pick([chat for chat in CHATS if chat.kind == "greeting"]))
        elif roll < 0.35:
            self.tell(next(tell for tell in TELLS if tell.topic == "name"), short=False)
        else:
            self.step()

    def pick(self, items):
        return self.rng.choices(items, [item.weight for item in items])[0]

    def step(self):
        if self.pending and self.rng.random() < 0.62 and self.answer():
            return
        roll = self.rng.random()
        if roll < 0.17:
            self.tell(self.pick(TELLS), short=False)
        elif roll < 0.21:
            self.tell_two()
        elif roll < 0.24:
            self.tell_and_ask()
        elif roll < 0.62:
            self.ask_something()
        elif roll < 0.67:
            self.ask_about_self()
        elif roll < 0.82 and (self.memory or self.rng.random() < 0.1):
            self.recall()
        else:
            self.chat(
                self.pick(
                    [
                        chat
                        for chat in CHATS
                        if not chat.after
                        and chat.kind not in ("greeting", "unexpected")
                        and (self.turns or chat.kind != "reaction")
                    ]
                )
            )

    def ask_something(self):
        """More often than not about what the persona tells."""
        with_fact = [
            ask
            for ask in ASKS
            if self.persona.about(ask.topic, ask.key)
            or ask.matches
            and any(k.fact.slot == ask.matches for k in self.persona.about(ask.topic))
        ]
        if with_fact and self.rng.random() < 0.7:
            self.ask(self.pick(with_fact))
        else:
            self.ask(self.pick([ask for ask in ASKS if not ask.needs_fact]))

    def answer(self):
        tells = [tell for tell in TELLS if tell.short and (tell.answers or tell.topic) == self.pending]
        chats = [chat for chat in CHATS if chat.after == self.pending]
        choices = tells + chats
        if not choices:
            return False
        if self.rng.random() < 0.06:
            choices = [chat for chat in CHATS if chat.kind == "unexpected"]
        chosen = self.pick(choices)
        if isinstance(chosen, Tell):
            self.tell(chosen, short=True)
        else:
            self.chat(chosen)
        return True
