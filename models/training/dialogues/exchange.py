"""What the topics are made of.

In replies, "<pets>" asks one of the bot's questions about pets, "<*>" one about something new, and "[tag]" at
the end says which question the reply has just asked.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Tell:
    """The person tells something about themselves."""

    topic: str
    full: list[str]  # understood at any time
    reacts: list[str]  # statements
    short: list[str] = field(default_factory=list)  # understood only as an answer
    asks: list[str] = field(default_factory=lambda: ["<*>"])  # questions that may follow
    remember: dict[str, str] = field(default_factory=dict)  # memory key -> slot
    answers: str = ""  # the tag that `short` answers; the topic where empty
    weight: float = 1.0


@dataclass(frozen=True)
class Ask:
    """The person asks the bot about itself."""

    topic: str
    says: list[str]
    otherwise: list[str]  # a persona without a fact about this
    tandem: list[str] = field(default_factory=list)  # no persona; `otherwise` where empty
    key: str = "*"
    matches: str = ""  # slot of a yes/no question that is compared with the fact's slot
    needs_fact: bool = False
    back: bool = True  # may end with "What about you?"
    weight: float = 1.0


@dataclass(frozen=True)
class Fact:
    """Something that a persona says: how it is written and how the bot speaks of it."""

    topic: str
    lines: list[str]
    answers: dict[str, list[str]]  # by Ask.key; "*" for any; "yes" and "no" for yes/no questions
    slot: str = ""  # what a yes/no question compares
    weight: float = 1.0


@dataclass(frozen=True)
class Chat:
    """Anything else: what the person says and what the bot says to it."""

    says: list[str]
    replies: list[str]
    after: str = ""  # only as an answer to the question with this tag
    kind: str = "chat"
    weight: float = 1.0
