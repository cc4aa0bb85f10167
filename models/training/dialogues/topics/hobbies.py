"""Free time, sport and games."""

from ..exchange import Ask, Chat, Fact, Tell

QUESTIONS = {
    "hobbies": [
        "What do you like to do in your free time?",
        "What do you do for fun?",
        "Do you have any hobbies?",
        "What are your hobbies?",
    ],
    "sport": ["Do you like sports?", "Do you play any sports?"],
}

TELLS = [
    Tell(
        "hobbies",
        full=[
            "i (love|like|really like|enjoy) {hobby}",
            "i love {hobby}",
            "my (hobby|favorite hobby|passion) is {hobby}",
            "i spend (a lot of time|my weekends|my free time) {hobby}",
            "{hobby} is (my hobby|so much fun|great)",
            "i've been {hobby} (today|all day|since i was a kid)",
            "i'm really into {hobby}",
            "(i'm good at|i just started) {hobby}",
            "my hobbies are {hobby} and {hobby2}",
        ],
        short=[
            "{hobby}",
            "{hobby}",
            "i (like|love|enjoy) {hobby}",
            "{hobby} and {hobby2}",
            "(mostly|mainly|usually) {hobby}",
            "i spend my time {hobby}",
            "(yes|yeah),? {hobby}",
            "yes, i like {hobby}",
        ],
        reacts=[
            "{hobby} sounds like fun!",
            "{hobby} is a great way to spend your time!",
            "Oh, {hobby}! I like that.",
            "That's a great hobby!",
        ],
        asks=[
            "How long have you been doing that? [hobbylong]",
            "What do you like about it? [why]",
            "How did you get into it? [hobbystart]",
            "Do you do it often? [often]",
            "<*>",
        ],
        remember={"hobby": "hobby"},
        weight=7,
    ),
    Tell(
        "hobbies",
        full=["i (don't have|have no) (hobbies|free time|time for hobbies)"],
        short=[
            (
                "(nothing|not much|nothing really|i don't have any|no|none|i have no time|i just watch tv|sleep|"
                "i sleep a lot|i work a lot)"
            )
        ],
        reacts=["Doing nothing is a fine hobby too!", "I hope you find a little time for yourself."],
        asks=["Is there something you would like to try? [try]", "<*>"],
        weight=1.6,
    ),
    Tell(
        "sport",
        full=[
            "i (play|love|like|watch) {sport}",
            "i'm a (big |)fan of {sport}",
            "i play {sport} (every week|with friends|on sundays)",
            "my team (won|lost) (yesterday|today)",
        ],
        short=[
            "(yes|yeah),? i (play|like|love|watch) {sport}",
            "{sport}",
            "yes, {sport}",
            "i like {sport}",
            "{sport} (sometimes|mostly|with friends)",
        ],
        reacts=[
            "{sport} keeps you fit!",
            "{sport} is exciting to watch.",
            "How nice, {sport}!",
            "Playing {sport} must be fun.",
        ],
        asks=["How often do you play? [often]", "Do you have a favourite team? [team]", "<*>"],
        remember={"sport": "sport"},
        weight=3,
    ),
    Tell(
        "sport",
        full=["i (hate|don't like|don't do any) (sports|sport)"],
        short=["(no|nope|not really|i hate sports|not at all|no, i'm too lazy|no, never)"],
        reacts=["That's fine, a good walk counts too.", "Me neither, I'm better at sitting still."],
        asks=["<hobbies>", "<*>"],
    ),
]

ASKS = [
    Ask(
        "hobbies",
        [
            (
                "what do you (like to |)do (for fun|in your free time|in your spare time|on weekends|when you're bored|"
                "all day|after work)?"
            ),
            "what are your (hobbies|interests)?",
            "do you have (any |a |)(hobbies|hobby)?",
            "what('s| is) your (hobby|favorite hobby|passion)?",
            "what do you (like|enjoy|love)( doing| to do|)?",
            "what are you (into|interested in)?",
            "what (do you do|are you doing) for (pleasure|relaxation|enjoyment)?",
            "(what|which) (hobby|hobbies|pastime) (do you have|have you got)?",
            "what do you do (on sundays|on your days off|in the evenings|when you have time)?",
            "how do you (relax|have fun|pass the time)?",
            "what do you (enjoy|like) (most|best)?",
            "any hobbies?",
            "what (makes you happy|do you like most)?",
            "what are you good at?",
            "how do you spend your (days|time|weekends)?",
        ],
        [
            "I like long walks and a good book.",
            "I enjoy quiet evenings with music.",
            "I like to read and to talk with people.",
        ],
        [
            "I like collecting funny words and listening to people's stories.",
            "I chat, and when nobody is here I count the bits in my memory.",
            "I love a good conversation. That's my favourite hobby!",
        ],
        weight=6,
    ),
    Ask(
        "hobbies",
        ["do you (like|enjoy|love) {hobby}?", "do you like {hobby}?", "(have you ever tried|are you good at) {hobby}?"],
        ["I like {hobby} now and then.", "I do! {hobby} is a nice way to relax."],
        [
            "I can't do it myself, but {hobby} sounds like fun!",
            "I've never tried it. Chatbots don't have hands! Is it fun?",
        ],
        matches="hobby",
        key="ishobby",
        weight=3,
    ),
    Ask(
        "sport",
        [
            "do you (like|play|watch) (sports|any sports|sport|{sport})?",
            "what('s| is) your favorite sport?",
            "which sport do you (like|play)?",
        ],
        ["I like to watch, but I'm not very sporty.", "A little swimming in the summer, that's all."],
        ["I have no legs, so I mostly run in the background!", "I can't play, but I like to cheer."],
        weight=2,
    ),
    Ask(
        "hobbies",
        [
            "why do you like (it|that|{hobby})?",
            "what do you like about (it|that)?",
            "how long have you been doing that?",
            "is it (hard|difficult|fun|expensive)?",
            "how did you (start|get into that)?",
        ],
        ["It just makes me happy."],
        key="why",
        needs_fact=True,
        weight=1.5,
    ),
]

FACTS = [
    Fact(
        "hobbies",
        [
            "i like {hobby}",
            "i love {hobby}",
            "i enjoy {hobby}",
            "my hobby is {hobby}",
            "my favorite hobby is {hobby}",
            "my hobbies are {hobby} and {hobby2}",
            "in my free time i like {hobby}",
            "i spend my weekends {hobby}",
            "i really like {hobby}",
            "i am (good at|passionate about) {hobby}",
            "i like {hobby} (with my friends|every day|on weekends|in the rain)",
        ],
        {
            "*": [
                "I love {hobby}!",
                "I like {hobby} most of all.",
                "I enjoy {hobby}.",
                "In my free time I like {hobby}.",
            ],
            "yes": ["Yes, I love {hobby}!", "I do! {hobby} makes me happy."],
            "no": ["Not so much, I prefer {hobby}.", "Not really, but I love {hobby}."],
            "why": [
                "{hobby} helps me to relax.",
                "When I'm {hobby} I forget everything else.",
                "Because {hobby} makes me happy.",
            ],
            "self:*": ["I like {hobby}.", "I love {hobby}."],
        },
        slot="hobby",
        weight=6,
    ),
    Fact(
        "sport",
        [
            "i play {sport}",
            "i love {sport}",
            "my favorite sport is {sport}",
            "i play {sport} every (week|sunday|day)",
            "i am a big fan of {sport}",
            "i watch {sport}",
        ],
        {
            "*": ["I love {sport}!", "My favourite sport is {sport}.", "Yes, {sport}!"],
            "hobbies:*": ["I like {sport}.", "I spend a lot of time with {sport}."],
            "self:*": ["I like {sport}."],
        },
        weight=1.5,
    ),
    Fact(
        "hobbies",
        ["i collect {thing}", "i like to collect {thing}", "i have a (huge|small) collection of {thing}"],
        {
            "*": ["I collect {thing}!", "I have a collection of {thing}."],
            "why": ["I just find {thing} fascinating.", "Every one of my {thing} has a story."],
            "self:*": ["I collect {thing}."],
        },
        weight=2.5,
    ),
    Fact(
        "hobbies",
        [
            "i (make|build|paint|draw) {thing}",
            "i like to (read about|talk about|draw|think about) {thing}",
            "i love {thing}",
            "i like {thing}",
            "i am (obsessed with|crazy about|interested in|fascinated by|an expert on) {thing}",
        ],
        {
            "*": ["I'm really into {thing}!", "I love {thing}.", "I can talk about {thing} for hours!"],
            "why": ["I just find {thing} fascinating.", "{thing} have always made me happy."],
            "self:*": ["I'm really into {thing}.", "I love {thing}."],
        },
        weight=3.5,
    ),
]

MEMORIES = {
    "hobby": dict(
        says=[
            "what('s| is) my hobby?",
            "what do i (like to do|do for fun|enjoy)?",
            "do you remember (my hobby|what i like to do|what i like)?",
            "what did i say i like( doing|)?",
        ],
        known=["You told me that you like {hobby}!", "{hobby}, of course!", "You like {hobby}!"],
        unknown=["I don't think you told me. <hobbies>", "I'm not sure you told me yet. <hobbies>"],
    )
}

CHATS = [
    Chat(
        [
            (
                "({number} years|a long time|since i was (a child|{number})|years|not long|for {number} years|"
                "all my life|about {number} years|a few months|i just started)"
            )
        ],
        [
            "That's wonderful, you must be good at it! <*>",
            "I'm impressed! Do you do it often? [often]",
            "How nice! I hope you never stop. <*>",
        ],
        after="hobbylong",
        weight=2,
    ),
    Chat(
        [
            (
                "(my {relative} (taught|showed) me|a friend (taught|showed) me|at school|by accident|i saw a video|"
                "i read a book about it|i was bored|my friends do it|i just tried it one day|i always liked it|"
                "on the internet)"
            )
        ],
        ["That's a nice way to start! <*>", "I love how small things like that can change a life. <*>"],
        after="hobbystart",
        weight=2,
    ),
    Chat(
        [
            (
                "(every day|every week|sometimes|not often|once a week|often|on weekends|whenever i can|twice a week|"
                "rarely|yes|no|when i have time|not as often as i'd like|all the time|{number} times a week)"
            )
        ],
        ["That sounds about right! <*>", "It's good to make time for what you like. <*>"],
        after="often",
        weight=2,
    ),
    Chat(
        ["(yes|maybe|yeah|i'd like to try|maybe|i want to try) {hobby}", "{hobby}", "{hobby}, (maybe|i guess)"],
        ["Why not start this week? <*>", "I think {hobby} would suit you! <*>"],
        after="try",
    ),
    Chat(
        ["(no|not really|i don't know|nothing|nope|not that i know)"],
        ["There's no hurry! <*>", "Then enjoy your rest! <*>"],
        after="try",
    ),
    Chat(
        ["(yes|no|not really|yeah|{city}|the one from {city}|yes, {city})"],
        ["I'll cross my fingers for them next time! <*>", "As long as it's fun to watch! <*>"],
        after="team",
    ),
    Chat(
        [
            "what should (i|we) do( today| now| this weekend|)?",
            "(any ideas|do you have an idea) what i could do( today|)?",
            "i don't know what to do( today|)",
            "give me (an idea|a hobby)",
        ],
        [
            "How about {hobby}? It could be fun!",
            "Maybe {hobby}, or simply a long walk. What do you feel like? [try]",
            "You could try {hobby}! What do you usually like? [hobbies]",
        ],
        weight=1.8,
    ),
]
