"""How people type: case, punctuation, abbreviations, slips of the finger."""

import re

from .wording import sentence_case

SHORTER = [
    (r"\byou\b", "u"),
    (r"\byour\b", "ur"),
    (r"\bare\b", "r"),
    (r"\bplease\b", "pls"),
    (r"\bthanks\b", "thx"),
    (r"\bbecause\b", "cuz"),
    (r"\bpeople\b", "ppl"),
    (r"\bdo not know\b", "dunno"),
    (r"\bgoing to\b", "gonna"),
    (r"\bwant to\b", "wanna"),
    (r"\breally\b", "rly"),
    (r"\bwhat about you\b", "wbu"),
    (r"\bhow about you\b", "hbu"),
    (r"\band you\b", "and u"),
]
NEIGHBOURS = dict(
    a="s",
    b="v",
    c="x",
    d="s",
    e="r",
    f="g",
    g="h",
    h="j",
    i="o",
    k="l",
    l="k",
    m="n",
    n="m",
    o="p",
    p="o",
    r="t",
    s="a",
    t="r",
    u="y",
    v="b",
    w="e",
    y="t",
)


class Style:
    """One person's way of typing. `write` types a text, `shown` a value of it."""

    def __init__(self, rng):
        self.rng = rng
        self.case = rng.choices(["normal", "lower", "upper"], [50, 47, 3])[0]
        self.punctuation = rng.random() < (0.85 if self.case == "normal" else 0.4)
        self.apostrophes = rng.random() < (0.9 if self.case == "normal" else 0.6)
        self.shortens = rng.random() < (0.04 if self.case == "normal" else 0.14)
        self.typos = rng.choices([0, 0.012, 0.03], [82, 13, 5])[0]

    def cased(self, text):
        return {"normal": text, "lower": text.lower(), "upper": text.upper()}[self.case]

    def write(self, pieces):
        """Types [(text, is_value)]: values keep their letters."""
        if self.case == "normal":
            first = True
            typed = []
            for text, is_value in pieces:
                typed.append((sentence_case(text) if first and not is_value else self.inner(text, is_value), is_value))
                first = first and not text
            pieces = typed
        return self.finish(
            "".join(
                self.cased(text) if is_value else self.slip(self.shorten(self.cased(text))) for text, is_value in pieces
            )
        )

    @staticmethod
    def inner(text, is_value):
        if is_value:
            return text
        text = re.sub(r"([.!?] )([a-z])", lambda m: m.group(1) + m.group(2).upper(), text)
        return re.sub(r"\bi\b(?=[ ',.!?]|$)", "I", text)

    def shorten(self, text):
        if not self.apostrophes:
            text = re.sub(r"(?<=\w)'(?=\w)", "", text)
        if self.shortens and self.case != "upper":
            for pattern, short in SHORTER:
                if self.rng.random() < 0.6:
                    text = re.sub(pattern, short, text)
        return text

    def slip(self, text):
        letters = list(text)
        for index in range(1, len(letters) - 1):
            if letters[index].isalpha() and letters[index + 1].isalpha() and self.rng.random() < self.typos:
                kind = self.rng.randrange(4)
                if kind == 0:
                    letters[index] = ""
                elif kind == 1:
                    letters[index] *= 2
                elif kind == 2:
                    letters[index], letters[index + 1] = letters[index + 1], letters[index]
                else:
                    letters[index] = NEIGHBOURS.get(letters[index], letters[index])
        return "".join(letters)

    def finish(self, text):
        text = text.strip()
        if not self.punctuation:
            text = re.sub(r"[.!?]+$", "", text)
            if self.rng.random() < 0.7:
                text = re.sub(r"[,.!]+(?= )", "", text)
            if self.rng.random() < 0.5:
                text = text.replace("?", "")
        elif self.rng.random() < 0.04:
            text = (
                text.rstrip(".!") + self.rng.choice(["!!", "...", " :)", "!", " lol", " haha"])
                if not text.endswith("?")
                else text + "?"
            )
        return text or "ok"

    def shown(self, value):
        """A value as it was typed: the model learns to copy before anything else."""
        return self.cased(value)
