"""The little template language of the dialogues.

"(hi|hello) there"   one of the alternatives, which may nest and may be empty
"yes,? i do"         with or without the comma
"{pet}", "{pet2}"    a slot, filled from the given values
"{a:animal}"         the same with "a" or "an" before it
"""

import re

ALTERNATIVES = re.compile(r"\(([^()]*)\)")
SLOT = re.compile(r"\{(a:|)([a-z_]+?)(\d?)\}")


def choose(template, rng):
    """Resolves every alternation, innermost first."""
    while match := ALTERNATIVES.search(template):
        chosen = rng.choice(match.group(1).split("|"))
        template = template[: match.start()] + chosen + template[match.end() :]
    while ",? " in template:
        template = template.replace(",? ", rng.choice([", ", " "]), 1)
    return tidy(template)


def tidy(text):
    text = re.sub(r" +", " ", text).strip()
    return re.sub(r" ([.,!?])", r"\1", text)


def with_article(noun):
    return ("an " if noun[:1].lower() in "aeiou" else "a ") + noun


def slots_of(template):
    """(slot name with its number, sampler name) of every slot."""
    return [(match.group(2) + match.group(3), match.group(2)) for match in SLOT.finditer(template)]


def pieces(template, values):
    """[(text, is_value)] of a chosen template: what was written and what was filled in."""
    result, position = [], 0
    for match in SLOT.finditer(template):
        value = values[match.group(2) + match.group(3)]
        if match.group(1):
            value = with_article(value)
        result += [(template[position : match.start()], False), (value, True)]
        position = match.end()
    return result + [(template[position:], False)]


def fill(template, values):
    return "".join(text for text, _ in pieces(template, values))


def sentence_case(text):
    """A capital at the start of every sentence and for the lone "i"."""
    text = re.sub(r"(^|[.!?] )([a-z])", lambda m: m.group(1) + m.group(2).upper(), text)
    return re.sub(r"\bi\b(?=[ ',.!?]|$)", "I", text)
