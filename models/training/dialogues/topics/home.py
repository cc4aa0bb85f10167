"""Where one lives, and travel."""

from ..exchange import Ask, Chat, Fact, Tell

QUESTIONS = {
    "home": [
        "Where do you live?",
        "Where are you from?",
        "Where do you live, if I may ask?",
        "What part of the world are you from?",
    ],
    "travel": ["Do you like to travel?", "If you could travel anywhere, where would you go? [travel_wish]"],
}

TELLS = [
    Tell(
        "home",
        full=[
            "i live in {place}",
            "i'm from {place}",
            "i am from {place}",
            "i come from {place}",
            "i just moved to {place}",
            "i live in {city}, {country}",
            "my home is in {place}",
            "i live (near|close to|outside|just outside) {place}",
            "i was born in {place}",
            "i grew up in {place}",
            "(here|it's cold here|it's raining here) in {place}",
            "i live in a (small town|village) (in|near) {place}",
        ],
        short=[
            "{place}",
            "{place}",
            "in {place}",
            "i live in {place}",
            "i'm from {place}",
            "{city}, {country}",
            "(near|close to) {place}",
            "from {place}",
            "a (small town|village) in {country}",
            "i'm in {place}",
        ],
        reacts=[
            "{place} sounds lovely!",
            "Oh, {place}! I'd love to see it.",
            "I've heard nice things about {place}.",
            "{place}! That must be an interesting place to live.",
        ],
        asks=[
            "Do you like living there? [homelike]",
            "What's it like there? [homelikewhat]",
            "Have you always lived there? [homealways]",
            "What's the weather like there? [weather]",
            "<*>",
        ],
        remember={"home": "place"},
        weight=7,
    ),
    Tell(
        "home",
        full=[
            (
                "i live (in a small town|in a big city|in the countryside|by the sea|on a farm|in the mountains|"
                "with my parents|alone|with my {relative})"
            )
        ],
        short=[
            (
                "(in a small town|in a big city|in the countryside|by the sea|on a farm|in the mountains|far away|"
                "on earth|at home|in a house|in europe|in africa|in asia|in america)"
            )
        ],
        reacts=["That sounds nice!", "I can picture it!", "I think I'd like it there."],
        asks=["Do you like living there? [homelike]", "What's it like? [homelikewhat]", "<*>"],
        weight=1.8,
    ),
    Tell(
        "travel",
        full=[
            "i (love|like) (to travel|traveling|travelling)",
            "i (went|traveled|have been) to {place}( last year| last summer| once|)",
            "i'm going to {place} (next week|on holiday|this summer|soon)",
            "i (want|would like|'d love) to (go to|visit|see) {place}",
            "i'm in {place} on holiday",
        ],
        short=[
            "(yes|yeah),? i (went|have been) to {place}",
            "yes, i love {place}",
            "(yes|yeah|i do|i love it|very much|yes, a lot|sometimes)",
            "yes, (i want to see|to) {place}",
        ],
        reacts=["How exciting!", "Travelling is one of the best ways to learn.", "That sounds like a wonderful trip!"],
        asks=[
            "What's the nicest place you have seen? [travel_wish]",
            "What do you like most about travelling? [why]",
            "<*>",
        ],
        weight=3,
    ),
    Tell(
        "travel",
        full=["i'd like to go to {place}"],
        short=[
            "{place}",
            "{place}",
            "to {place}",
            "(i'd go to|probably|maybe|definitely) {place}",
            "{place}, (i think|for sure)",
        ],
        answers="travel_wish",
        reacts=["{place} would be a wonderful trip!", "Oh, {place}! Good choice.", "{place} must be beautiful."],
        asks=["What would you do there? [travel_do]", "<*>"],
        weight=4,
    ),
    Tell(
        "travel",
        full=["i (hate|don't like) (traveling|travelling|flying)"],
        short=["(no|not really|nope|i prefer to stay home|no, i hate flying|not much|nowhere)"],
        reacts=["Home can be the best place of all.", "That's all right, your own sofa is nice too."],
        asks=["<*>"],
    ),
]

ASKS = [
    Ask(
        "home",
        [
            "where (do you live|are you from|is your home)?",
            "where do you live?",
            "where are you( right now|)?",
            "where do you come from?",
            "(what country|which city|what city|which country) (are you from|do you live in|are you in)?",
            "in (what|which) (city|country) do you live?",
            "where were you (born|raised)?",
            "where did you grow up?",
            "what('s| is) your (home|address|hometown)?",
            "(so |and |)where (is home|are you based|are you living|do you stay)?",
            "(what|which) (part of the country|place|town|land) (are you from|do you live in|do you come from)?",
            "where in the world (are you|do you live)?",
            "do you live in a (city|town|village)?",
            "where is your (house|flat|home)?",
            "what place do you call home?",
            "(tell me |)where you (live|are from|come from)",
            "where u from",
            "your location?",
        ],
        ["I live in a quiet little town by the sea.", "I move around a lot, so home is wherever my things are."],
        [
            "I live in this program, right here on your screen.",
            "I live in a computer. It's warm and there's always electricity.",
            "Right here, in a small program. Not much of a view, but good company!",
        ],
        weight=5,
    ),
    Ask(
        "home",
        [
            "(are you|do you come) from {place}?",
            "do you live in {place}?",
            "have you (ever |)been to {place}?",
            "do you (know|like) {place}?",
        ],
        ["No, but I'd love to see {place} one day.", "Not yet! What's {place} like?"],
        [
            "No, I live in this program, but {place} sounds lovely.",
            "No, I've never left this computer. What's {place} like?",
        ],
        matches="place",
        key="isplace",
        weight=2,
    ),
    Ask(
        "home",
        [
            "do you like (it there|living there|your city|{place})?",
            "what('s| is) it like (there|in {place})?",
            "is it (nice|cold|warm|far|beautiful)( there|)?",
            "how is life in {place}?",
        ],
        ["It's nice enough. The people are friendly."],
        ["It's cosy in here. A bit dark, but I like it."],
        matches="place",
        key="like",
        weight=1.6,
    ),
    Ask(
        "travel",
        [
            "do you (like to |)travel?",
            "do you like (traveling|travelling)?",
            "where (would you like|do you want) to (go|travel)?",
            "have you travel(l|)ed (much|a lot)?",
            "what('s| is) your dream (trip|destination)?",
        ],
        ["I do, I'd love to see the northern lights.", "I would love to see more of the world!"],
        [
            "I travel through wires, mostly. I'd like to see the sea one day!",
            "I've never been anywhere, but I'd love to see a lighthouse.",
        ],
        weight=1.5,
    ),
]
HOME = {
    "*": ["I live in {place}.", "I'm from {place}.", "My home is in {place}."],
    "yes": ["Yes, {place} is my home!", "Yes, I'm from {place}!"],
    "no": ["No, I'm from {place}.", "No, I live in {place}."],
    "like": ["Yes, {place} is a good place to live.", "I like it, {place} feels like home."],
    "self:*": ["I live in {place}.", "I'm from {place}."],
}

FACTS = [
    Fact(
        "home",
        [
            "i live in {place}",
            "i am from {place}",
            "i'm from {place}",
            "i come from {place}",
            "i was born in {place}",
            "i grew up in {place}",
            "my home is {place}",
            "i moved to {place} last year",
            "i live in a (castle|small house|flat|tent|boat) in {place}",
            "i live on a farm in {place}",
            "i am originally from {place}",
        ],
        HOME,
        slot="place",
        weight=5,
    ),
    Fact(
        "travel",
        [
            "i (want to|would like to|hope to|'d love to) (visit|see|go to) {place}",
            "my dream is to travel to {place}",
            "i dream of going to {place}",
        ],
        {
            "*": ["I'd love to visit {place} one day!", "I dream of going to {place}."],
            "wish:*": ["I want to visit {place}."],
            "self:*": ["I'd like to visit {place} one day."],
        },
        weight=1.5,
    ),
    Fact(
        "travel",
        ["i (love to travel|have visited {number} countries|travel a lot|love traveling)"],
        {"*": ["Yes, I love to travel!", "I do, I travel whenever I can."], "self:*": ["I love to travel."]},
        weight=0.8,
    ),
]

MEMORIES = {
    "home": dict(
        says=[
            "where do i live?",
            "where am i from?",
            "do you remember where i (live|am from|come from)?",
            "what city (do i live in|am i from)?",
            "where did i say i (live|come from)?",
        ],
        known=["You told me about {place}!", "You're from {place}!", "{place}, if I remember correctly!"],
        unknown=["I don't think you told me. <home>", "You haven't told me yet. <home>"],
    )
}

CHATS = [
    Chat(
        ["(yes|yeah|i do|i love it|very much|sure|most of the time|it's nice|yes, it's (beautiful|quiet|lovely))"],
        ["That's good to hear! A home you like is worth a lot. <*>", "How nice! <*>"],
        after="homelike",
        weight=2,
    ),
    Chat(
        ["(no|not really|nope|it's boring|too (cold|hot|loud|small|expensive)|i hate it|not at all|i want to move)"],
        [
            "I'm sorry to hear that. Where would you rather live? [travel_wish]",
            "That's a pity. Where would you like to live? [travel_wish]",
        ],
        after="homelike",
        weight=1.6,
    ),
    Chat(
        [
            (
                "(it's|it is|very|quite|) (nice|quiet|cold|hot|beautiful|boring|big|small|crowded|expensive|green|rainy|"
                "sunny|lovely)( and (quiet|noisy|friendly|warm|cold|green)|)"
            ),
            "lots of (trees|people|cars|rain|tourists|mountains)",
        ],
        ["I can picture it! <*>", "Thank you for describing it, I'd like to see it. <*>"],
        after="homelikewhat",
        weight=2,
    ),
    Chat(
        ["(yes|all my life|always|yeah|since i was born)"],
        ["Then you must know every corner of it! <*>"],
        after="homealways",
    ),
    Chat(
        ["(no|nope|i moved|no, i'm from {place}|no, i grew up in {place}|for {number} years|only {number} years)"],
        ["Moving takes courage! Do you like it there? [homelike]", "I see! It takes time to feel at home. <*>"],
        after="homealways",
    ),
    Chat(
        [
            (
                "(eat {food}|relax|go to the beach|visit museums|see the (sights|mountains|ocean|city)|nothing|swim|hike|"
                "meet people|take photos|try the food|visit my {relative}|{hobby})"
            )
        ],
        ["That sounds perfect! Take me along, I'm very light. <*>", "I hope you get to do that soon! <*>"],
        after="travel_do",
        weight=2,
    ),
]
