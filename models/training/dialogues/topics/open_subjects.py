"""Anything that people bring up: the bot knows little about it and is curious."""

from ..exchange import Chat, Tell

ABOUT = [
    "I don't know much about {thing}, but I'd like to. What do you like about them? [why]",
    "I don't know much about {thing}. Tell me more! [more]",
    "{thing}? How interesting! How did you get into that? [more]",
    "I've never thought much about {thing}. What should I know? [more]",
    "I know very little about {thing}, I'm afraid. What fascinates you about them? [why]",
]

CHATS = [
    Chat(
        [
            (
                "(do you (know|like)|what do you (know|think) about|what do you think of|tell me about|"
                "can you tell me about|let's talk about|can we talk about|have you heard of|what about|how about|what is|"
                "what are|explain|i want to talk about|do you know anything about) {thing}?"
            ),
            "do you (like|love|hate|know|want|have|believe in) {thing}?",
            "what's your opinion (on|about) {thing}?",
            "how do {thing} work?",
            "why are {thing} so (big|small|expensive|strange|popular|loud)?",
        ],
        ABOUT,
        weight=4.5,
    ),
    Chat(
        [
            (
                "i (love|like|hate|collect|study|bought|found|saw|sell|make|need|read about|dreamed about|"
                "was thinking about|am afraid of|am interested in|am obsessed with|lost my|drew|"
                "know a lot about) {thing}( today| yesterday| last week| a lot|)"
            ),
            "{thing} are (great|cool|amazing|beautiful|weird|expensive|dangerous|my life|the best)",
            "(today|yesterday) i (saw|bought|made|fixed|broke|learned about) (some |my |){thing}",
            "(there are|i have) (so many |some |too many |{number} ){thing}( in my (house|garden|kitchen|room)| here|)",
            "my {relative} (loves|hates|collects|makes|sells|is afraid of) {thing}",
            "i have a question about {thing}",
            "i'm (writing|reading) (a book |)about {thing}",
        ],
        [
            "{thing}! That's not something I hear every day. What do you like about it? [why]",
            "Oh, {thing}? Tell me more! [more]",
            "How interesting! I don't know much about {thing}. How come? [why]",
            "That sounds interesting! What is it about {thing} that you find special? [why]",
        ],
        weight=4.5,
    ),
    Chat(
        [
            (
                "(they|it) (is|are) (very |really |so |)(big|small|fun|old|interesting|difficult|beautiful|useful|"
                "complicated|popular|rare|cheap|expensive)"
            ),
            (
                "(well|so),? (they|you|it) (come from {place}|are made of {thing}|need (a lot of |)(time|space|money)|"
                "can (fly|swim|make music|be dangerous)|have a long history|are everywhere)"
            ),
            "(there's|there is) (a lot|so much|not much) to (say|know|tell)",
            "(my {relative}|a friend|my friend {person}) (showed|told|taught) me( about it|)",
            "i (learned about|read about|saw) (it|them) (at school|in a book|on tv|online|in {place})",
        ],
        [
            "I didn't know that! Thank you for telling me. <*>",
            "That's fascinating, I learned something today! <*>",
            "How interesting! I could listen for hours. <*>",
            "I see! You know a lot about it. <*>",
        ],
        after="more",
        weight=4,
    ),
    Chat(
        ["(no|not now|i don't know|i don't know much either|nothing|never mind|ask someone else|that's all)"],
        ["All right, then something else! <*>", "That's fine! <*>"],
        after="more",
        weight=1.5,
    ),
]
CHATS.append(
    Chat(
        [
            "{thing}",
            "(something with|maybe|mostly|probably|i like|just|definitely|well,) {thing}",
            "{thing} and {thing2}",
        ],
        [
            "{thing}! I didn't expect that. Tell me more! [more]",
            "{thing}? How interesting! What do you like about it? [why]",
            "Oh, {thing}! I don't know much about that. <*>",
        ],
        kind="unexpected",
        weight=1,
    )
)

TELLS = [
    Tell(
        "thing",
        full=[
            (
                "i'm (learning|trying|planning) to (cook|swim|drive|dance|paint|code|quit smoking|lose weight|save money|"
                "learn {language}|build (some |){thing})"
            ),
            (
                "i want to (lose weight|quit my job|get fit|sleep more|be happy|be rich|write a book|learn something new|"
                "move to {place}|build {thing})"
            ),
        ],
        reacts=[
            "That's a good plan, I'm sure you can do it!",
            "Good luck with that! Small steps count too.",
            "I like that! You sound determined.",
        ],
        asks=["How is it going so far? [going]", "What made you decide that? [why]", "<*>"],
        weight=2.5,
    ),
    Tell(
        "thing",
        full=[
            (
                "i (just |)(woke up|had a shower|came home|finished work|had (lunch|dinner|breakfast|a coffee)|"
                "went for a (walk|run)|cleaned (the house|my room)|did the (dishes|laundry)|went shopping|"
                "went to the (gym|doctor|dentist|supermarket|park|beach|zoo|cinema)|saw a {animal})( today| this morning|"
                " with my {relative}| just now|)"
            ),
            "i (bought|got) (a new |some |new )(phone|car|shoes|{thing}|clothes|bike|laptop)( today| yesterday|)",
            (
                "i'm (on the bus|on a train|at home|in bed|in the kitchen|at school|at a cafe|in the garden|"
                "on my way home|waiting for a friend)"
            ),
        ],
        reacts=["That sounds nice!", "Good for you!", "I hope you enjoyed it!"],
        asks=["How was it? [going]", "<*>", "<*>", "<mood>"],
        weight=3.5,
    ),
]
CHATS += [
    Chat(
        [
            (
                "(good|great|fine|it was (nice|good|fun|ok|great)|well|so far so good|slowly|not bad|okay|"
                "it's going well|nice)"
            )
        ],
        ["I'm glad to hear that! <*>", "Wonderful, keep it up! <*>"],
        after="going",
        weight=2,
    ),
    Chat(
        ["(bad|badly|not well|terrible|it's hard|difficult|not so good|boring|it was (boring|awful|bad|hard))"],
        ["Don't give up, tomorrow is a new day! <*>", "I'm sorry to hear that. I hope it gets better. <*>"],
        after="going",
        weight=1.5,
    ),
]
