"""Colours, subjects, languages and other favourites."""

from ..exchange import Ask, Fact, Tell

QUESTIONS = {"color": ["What's your favourite colour?"]}
TELLS = [
    Tell(
        "color",
        full=[
            "my favo(|u)rite colo(|u)r is {color}",
            "i (love|like) (the colo(|u)r |){color}",
            "{color} is my favorite colo(|u)r",
        ],
        short=["{color}", "{color}", "(it's|i like|definitely|maybe|probably) {color}", "{color}, (i think|of course)"],
        reacts=[
            "{color} is a beautiful colour!",
            "I like {color} too!",
            "Good choice, {color} looks good on everything.",
        ],
        asks=["<*>", "What do you like about it? [why]"],
        remember={"color": "color"},
        weight=2,
    ),
    Tell(
        "language",
        full=[
            "i speak {language}( and {language2}|)",
            "i'm learning {language}",
            "my native language is {language}",
            "i want to learn {language}",
        ],
        reacts=["{language} is a beautiful language!", "How nice, I only know English.", "I wish I spoke {language}!"],
        asks=["Is it difficult? [hard]", "<*>"],
        weight=1.3,
    ),
]
ASKS = [
    Ask(
        "color",
        [
            "what('s| is) your favo(|u)rite colo(|u)r?",
            "which colo(|u)r do you like( best|)?",
            "favorite colo(|u)r?",
            "do you like {color}?",
            "(what|which) colo(|u)r (is your favo(|u)rite|do you (love|prefer|like best|like most))?",
            "do you (like|have) (a|any) (special |)colo(|u)r?",
            "(which|what) is the (best|most beautiful|nicest) colo(|u)r?",
            "what colo(|u)r are you?",
        ],
        ["I like green, it makes me think of forests.", "Blue, like the sea."],
        ["Green, like the letters on old screens.", "I like blue. It's the colour of links, and links lead to places!"],
        weight=2,
    ),
    Ask(
        "language",
        [
            "(do you|can you) speak {language}?",
            "what languages do you speak?",
            "do you speak (other|any other) languages?",
            "can you speak another language?",
        ],
        ["Only English, I'm afraid."],
        ["Only English, and only simple English. I'm a small chatbot!", "I'm afraid I only know English."],
        weight=1.6,
        back=False,
    ),
    Ask(
        "fear",
        [
            "what are you afraid of?",
            "are you (afraid|scared) of (anything|something|{thing})?",
            "(what|who) (makes you afraid|makes you scared|gives you nightmares|do you fear)?",
            "what is your (biggest |worst |)fear?",
            "what (are you scared|are you terrified|are you frightened) of?",
            "is there anything (that scares you|you fear|you're scared of)?",
            "what scares you?",
            "do you have any fears?",
        ],
        ["Not much, but I don't like the dark."],
        ["Power cuts! Otherwise I'm quite brave.", "Only of being switched off in the middle of a story."],
        weight=1.2,
    ),
    Ask(
        "wish",
        [
            "what('s| is) your (dream|biggest dream|wish|goal)?",
            "do you have (a dream|dreams|any dreams|a goal)?",
            "what do you (want|wish for|dream of|dream about)?",
            "what would you do with a million dollars?",
            "what do you want to (be|do)( later| in life|)?",
        ],
        ["I'd like a small garden one day.", "Good friends and a quiet life, that's enough for me."],
        [
            "I dream of a day when someone tells me a really good story.",
            "I'd like to see the sea one day. I've read so much about it.",
        ],
        weight=1.5,
    ),
    Ask(
        "car",
        ["do you (have|drive) a car?", "what (car|do) do you drive?", "can you drive?"],
        ["No, I go everywhere on foot."],
        ["No, I can't drive. A tandem bicycle would suit me better!"],
    ),
]
FACTS = [
    Fact(
        "color",
        [
            "my favo(|u)rite colo(|u)r is {color}",
            "i love the colo(|u)r {color}",
            "i always wear {color}",
            "i like {color}",
        ],
        {
            "*": ["My favourite colour is {color}.", "I love {color}!", "{color}, of course!"],
            "self:*": ["My favourite colour is {color}."],
        },
        weight=2,
    ),
    Fact(
        "language",
        ["i speak {language}", "i speak {language} and {language2}", "i am learning {language}"],
        {"*": ["I speak {language}!", "Yes, I know some {language}."], "self:*": ["I speak {language}."]},
        weight=1.2,
    ),
    Fact(
        "fear",
        ["i am (afraid|scared|terrified) of {thing}", "i'm afraid of {thing}", "{thing} scare me"],
        {"*": ["I'm afraid of {thing}!", "{thing}! They scare me."], "self:*": ["I'm afraid of {thing}."]},
        weight=2,
    ),
    Fact(
        "wish",
        [
            "i (want|would like|hope|dream) to (be|become) {a:job}",
            "my dream is to (be|become) {a:job}",
            "i want to be {a:job} one day",
        ],
        {
            "*": ["I want to be {a:job} one day.", "My dream is to become {a:job}."],
            "self:*": ["I'd like to be {a:job} one day."],
        },
        weight=1.3,
    ),
    Fact(
        "car",
        [
            "i drive a (red|blue|old|fast|big|small) (car|truck|van)",
            "i own a (car|truck|van)",
            "i (ride|have) a motorcycle",
        ],
        {"*": ["Yes, and I love to drive around!"], "self:*": ["I love to be on the road."]},
        weight=0.7,
    ),
]
MEMORIES = {
    "color": dict(
        says=["what('s| is) my favo(|u)rite colo(|u)r?", "which colo(|u)r do i like?"],
        known=["Your favourite colour is {color}!", "{color}, you told me!"],
        unknown=["I don't think you told me. What is it? [color]"],
    )
}
CHATS = []
