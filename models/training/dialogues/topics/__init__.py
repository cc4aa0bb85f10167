"""All topics put together. A topic module may define QUESTIONS, TELLS, ASKS, FACTS, CHATS and MEMORIES."""

from . import (
    bot,
    chatter,
    family,
    favourites,
    feelings,
    films,
    food,
    free_facts,
    greetings,
    hobbies,
    home,
    music,
    names,
    odd,
    open_subjects,
    pets,
    self_description,
    wants,
    weather,
    work,
)

MODULES = [
    greetings,
    names,
    feelings,
    work,
    home,
    pets,
    food,
    hobbies,
    music,
    films,
    weather,
    family,
    favourites,
    wants,
    bot,
    chatter,
    odd,
    open_subjects,
    free_facts,
    self_description,
]


def gather(name):
    return [item for module in MODULES for item in getattr(module, name, [])]


def merge(name):
    return {key: value for module in MODULES for key, value in getattr(module, name, {}).items()}


QUESTIONS = merge("QUESTIONS")
MEMORIES = merge("MEMORIES")
TELLS, ASKS, FACTS, CHATS = (gather(name) for name in ("TELLS", "ASKS", "FACTS", "CHATS"))
SELF = self_description.SELF
BACK = {
    topic: asks
    for topic in QUESTIONS
    if (asks := [ask for ask in ASKS if ask.topic == topic and ask.key == "*" and not ask.matches])
}
