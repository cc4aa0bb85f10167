"""The exchanges that a conversation is made of: the person tells, asks or chats, and the bot answers."""

import re

from .speech import Speech
from .topics import ASKS, BACK, MEMORIES, QUESTIONS, SELF, TELLS
from .wording import choose, slots_of

ASK_BACK = [
    "and you?",
    "what about you?",
    "how about you?",
    "you?",
    "and yours?",
    "what about yours?",
    "and what about you?",
]
BACK_QUESTIONS = ["What about you?", "How about you?", "And you?"]
WINDOW_TOKENS = 88


def roughly_tokens(text):
    return 3 + 1.3 * len(re.findall(r"\w+|[^\w\s]", text))


class Acts(Speech):
    """Each method adds one exchange to the conversation."""

    def exchange(self, said, reply, tag):
        self.turns.append(said)
        window = self.window()
        self.examples.append({"persona": self.persona.lines, "turns": self.turns[window:], "reply": reply})
        self.turns.append(reply)
        self.pending = tag
        if tag:
            self.asked.add(tag.split("_")[0])

    def window(self):
        """Index of the first turn that the model still sees."""
        budget = WINDOW_TOKENS - sum(5 + roughly_tokens(line) for line in self.persona.lines)
        index = len(self.turns)
        while index > 0 and budget - roughly_tokens(self.turns[index - 1]) > 0:
            index -= 1
            budget -= roughly_tokens(self.turns[index])
        return min(index, len(self.turns) - 1)

    def tell(self, tell, short):
        self.values = {}
        said = self.write(self.rng.choice(tell.short if short else tell.full))
        self.asked.add(tell.topic)
        react = self.fitting(tell.reacts)
        roll = self.rng.random()
        if tell.topic in BACK and roll < (0.28 if short else 0.1):
            said = self.with_ask_back(said)
            reply, _ = self.speak(react, self.shown())
            mentioned = self.shown()
            own, tag = self.own(self.rng.choice(BACK[tell.topic]), may_ask=False)
            reply, tag = self.maybe_asking(f"{reply} {own}", tag, 0.3)
            self.note(tell, mentioned)
        else:
            related = self.persona.about(tell.topic) if roll > 0.7 else []
            if related:
                known = self.rng.choice(related)
                own, _ = self.speak(self.rng.choice(known.answers("self", "*")), known.shown)
                reply, tag = self.maybe_asking(self.speak(react, self.shown())[0] + " " + own, None, 0.4)
            else:
                asking = " " + self.fitting(tell.asks) if self.rng.random() < 0.75 else ""
                reply, tag = self.speak(react + asking, self.shown())
            self.note(tell, self.shown())
        self.exchange(said, reply, tag)

    def note(self, tell, shown):
        for key, slot in tell.remember.items():
            if slot in shown:
                self.memory[key] = (len(self.turns), shown)

    def maybe_asking(self, reply, tag, chance):
        """Ends the reply with a question about something new, unless it asks one already."""
        if tag or self.rng.random() > chance:
            return reply, tag
        text, tag = self.speak("<*>", {})
        return f"{reply} {text}", tag

    def tell_two(self):
        """Two things in one message: both get an answer."""
        first, second = self.pick(TELLS), self.pick(TELLS)
        if self.rng.random() < 0.5:
            first = next(tell for tell in TELLS if tell.topic == "name")
        texts = [self.rng.choice(first.full), self.rng.choice(second.full)]
        slots = [{slot for slot, _ in slots_of(text)} for text in texts]
        if first.topic == second.topic or slots[0] & slots[1]:
            return self.tell(second, short=False)
        self.values, said, replies, shown = {}, [], [], []
        for tell, text in zip((first, second), texts):
            self.values = {}
            said.append(self.write(text))
            replies.append(self.speak(self.fitting(tell.reacts), self.shown())[0])
            shown.append(self.shown())
            self.asked.add(tell.topic)
        asking, tag = ("", None)
        if self.rng.random() < 0.6:
            asking, tag = self.speak(" " + self.fitting(second.asks), self.shown())
        self.note(first, shown[0])
        self.note(second, shown[1])
        joint = self.rng.choice([" and ", ", ", ". "] if self.style.punctuation else [" and ", " "])
        end = said[0].rstrip(".!?") if joint != " " else said[0]
        rest = said[1] if joint in (". ", " ") or said[1][:2] in ("I ", "I'") else said[1][:1].lower() + said[1][1:]
        if self.style.case == "upper":
            joint, rest = joint.upper(), said[1]
        self.exchange(end + joint + rest, " ".join(replies + [asking]).strip(), tag)

    def tell_and_ask(self):
        """Something told and something asked in one message."""
        tell, ask = self.pick(TELLS), self.pick([ask for ask in ASKS if not ask.needs_fact])
        self.values = {}
        said = self.write(self.rng.choice(tell.full))
        reply = self.speak(self.fitting(tell.reacts), self.shown())[0]
        self.asked.add(tell.topic)
        self.note(tell, self.shown())
        self.values = {}
        asked = self.write(self.rng.choice(ask.says))
        own, tag = self.own(ask, may_ask=False)
        end = "" if said[-1] in ".!?" or not self.style.punctuation else "."
        self.exchange(f"{said}{end} {asked}", f"{reply} {own}", tag)

    def with_ask_back(self, said):
        end = "" if said[-1:] in ".!?" else self.rng.choice([",", ".", ""]) if self.style.punctuation else ""
        extra = self.style.write([(self.rng.choice(ASK_BACK), False)])
        return f"{said}{end} {extra if end != ',' else extra[0].lower() + extra[1:]}"

    def own(self, ask, may_ask=True):
        """(reply, tag): what the bot says about itself."""
        template, shown = self.own_template(ask)
        reply, tag = self.speak(template, shown)
        if not tag and may_ask and self.rng.random() < 0.35:
            if ask.back and ask.topic in QUESTIONS and ask.topic not in self.asked:
                if self.rng.random() < 0.6:
                    return f"{reply} {self.rng.choice(BACK_QUESTIONS)}", ask.topic
                text, tag = self.speak(f"<{ask.topic}>", {})
                return f"{reply} {text}", tag
            if self.rng.random() < 0.4:
                text, tag = self.speak("<*>", {})
                return f"{reply} {text}", tag
        return reply, tag

    def own_template(self, ask):
        shown = self.shown()
        facts = self.persona.about(ask.topic, ask.key)
        if ask.matches:
            candidates = [known for known in self.persona.about(ask.topic) if known.fact.slot == ask.matches]
            if candidates:
                known = candidates[0]
                same = known.values[ask.matches] == self.values.get(ask.matches)
                answers = known.answers(ask.topic, "yes" if same else "no") or known.answers(ask.topic, "*")
                asked = {"asked": shown.get(ask.matches, "")}
                return self.rng.choice(answers), {**shown, **known.shown, **asked}
        if facts:
            known = self.rng.choice(facts)
            return self.rng.choice(known.answers(ask.topic, ask.key)), {**shown, **known.shown}
        texts = ask.tandem if ask.tandem and not self.persona.lines else ask.otherwise
        return self.rng.choice(texts), shown

    def ask(self, ask):
        self.values = {}
        opening = not self.turns and self.rng.random() < 0.15
        if ask.matches and self.rng.random() < 0.5:
            for known in self.persona.about(ask.topic):
                if known.fact.slot == ask.matches:
                    self.values[ask.matches] = known.values[ask.matches]
        said = self.write(self.rng.choice(ask.says))
        reply, tag = self.own(ask)
        if opening and ask.topic != "mood":
            hello = self.style.cased(self.rng.choice(["Hi", "Hello", "Hey"])) + ("," if self.style.punctuation else "")
            said, reply = f"{hello} {said}", f"{self.rng.choice(['Hi', 'Hello'])}! {reply}"
        self.exchange(said, reply, tag)

    def ask_about_self(self):
        """ "Tell me about yourself": one or two of the persona's facts."""
        self.values = {}
        said = self.write(self.rng.choice(SELF["says"]))
        known = self.persona.known[:]
        self.rng.shuffle(known)
        texts = []
        for fact in known[: self.rng.choice([1, 2, 2])]:
            texts.append(self.speak(self.rng.choice(fact.fact.answers["*"]), fact.shown)[0])
        if not texts:
            texts = [choose(self.rng.choice(SELF["otherwise" if self.persona.lines else "tandem"]), self.rng)]
        reply, tag = " ".join(texts), None
        if self.rng.random() < 0.6:
            text, tag = self.speak(self.rng.choice(SELF["asks"]), {})
            reply += " " + text
        self.exchange(said, reply, tag)

    def chat(self, chat):
        self.values = {}
        said = self.write(self.rng.choice(chat.says))
        template = self.rng.choice(chat.replies)
        self.complete(template)
        reply, tag = self.speak(template, self.shown())
        self.exchange(said, reply, tag)

    def recall(self, key=None):
        """ "What is my name?": from what the model still sees, else an honest no."""
        self.values = {}
        visible = [name for name, (turn, _) in self.memory.items() if turn >= self.window() and name in MEMORIES]
        if key is None:
            if "name" in visible and self.rng.random() < 0.5:
                key = "name"
            else:
                key = (
                    self.rng.choice(visible)
                    if visible and self.rng.random() < 0.85
                    else self.rng.choice(list(MEMORIES))
                )
        memory = MEMORIES[key]
        known = self.memory[key][1] if key in visible else {}
        if "animal" in known:
            self.values["animal"] = known["animal"]
        said = self.write(self.rng.choice(memory["says"]))
        if known:
            shown = {**self.shown(), **known}
            templates = [text for text in memory["known"] if all(slot in shown for slot, _ in slots_of(text))]
            reply, tag = self.speak(self.rng.choice(templates), shown)
        else:
            reply, tag = self.speak(self.rng.choice(memory["unknown"]), {})
        self.exchange(said, reply, tag)
