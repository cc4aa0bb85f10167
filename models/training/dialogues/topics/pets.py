"""Pets."""

from ..exchange import Ask, Chat, Fact, Tell

QUESTIONS = {
    "pets": [
        "Do you have any pets?",
        "Do you have any pets?",
        "Do you have any animals at home?",
        "Have you got any pets?",
    ]
}
NAMED = "(named|called|whose name is)"

TELLS = [
    Tell(
        "pets",
        full=[
            "i have {a:animal} " + NAMED + " {pet}",
            "i have {a:animal} named {pet}",
            "my {animal} is (called|named) {pet}",
            "my {animal}'s name is {pet}",
            "i've got {a:animal}, (his|her) name is {pet}",
            "i just (got|adopted) {a:animal} named {pet}",
            "{pet} is my {animal}",
            "i live with my {animal} {pet}",
            "i was (walking|feeding|playing with) my {animal} {pet}",
        ],
        short=[
            "yes, {a:animal} " + NAMED + " {pet}",
            "(yes|yeah|yep|i do)(,|) i have {a:animal} " + NAMED + " {pet}",
            "{a:animal} named {pet}",
            "i have {a:animal} named {pet}",
            "yes, my {animal} {pet}",
            "one {animal}, {pet}",
        ],
        reacts=[
            "{pet} is a lovely name for {a:animal}!",
            "Aw, {pet} sounds adorable!",
            "I'd love to meet {pet}!",
            "{pet} the {animal}! What a nice name.",
        ],
        asks=[
            "How old is {pet}? [petsold]",
            "What does {pet} like to do? [petsdo]",
            "Is {pet} friendly? [petsfriendly]",
            "<*>",
        ],
        remember={"pet": "pet"},
        weight=6,
    ),
    Tell(
        "pets",
        full=[
            "i have {a:animal}",
            "i (just |)(got|adopted|bought) {a:animal}",
            "i own {a:animal}",
            "i have {number} {animal}s",
            "we have {a:animal} at home",
            "my {animal} is (so funny|sleeping|crazy|sweet|being silly)",
        ],
        short=[
            "yes, {a:animal}",
            "{a:animal}",
            "(yes|yeah),? i have {a:animal}",
            "yes, one {animal}",
            "just {a:animal}",
            "i do, {a:animal}",
            "i have {a:animal}",
        ],
        reacts=["{a:animal} is great company!", "Aw, I like {animal}s!", "How nice to have {a:animal} at home!"],
        asks=[
            "What's the name of your {animal}? [pets_name]",
            "What is your {animal} called? [pets_name]",
            "Does your {animal} have a name? [pets_name]",
            "How old is your {animal}? [petsold]",
        ],
        remember={"animal": "animal"},
        weight=4,
    ),
    Tell(
        "pets",
        full=["(his|her|its|my {animal}'s) name is {pet}"],
        short=[
            "{pet}",
            "{pet}",
            "(his|her|its) name is {pet}",
            "{pet}!",
            "it's {pet}",
            "(he's|she's) called {pet}",
            "i call (him|her) {pet}",
            "my {animal} is called {pet}",
        ],
        answers="pets_name",
        reacts=["{pet} is a great name!", "{pet}! I like that name.", "Aw, {pet} sounds sweet!"],
        asks=["What does {pet} like to do? [petsdo]", "How old is {pet}? [petsold]", "<*>", ""],
        remember={"pet": "pet"},
        weight=5,
    ),
    Tell(
        "pets",
        full=[
            "i (don't have|have no|haven't got) any pets",
            "i can't have pets( in my flat|)",
            "i'm allergic to (cats|dogs|animals)",
            "i want (to get |){a:animal}",
            "i would love to have {a:animal}",
            "i don't have a pet",
        ],
        short=[
            (
                "(no|nope|no pets|none|not at the moment|no, i don't|sadly not|no, i'm allergic|i wish|not anymore|"
                "no but i want {a:animal}|no, but i'd like {a:animal}|not right now)"
            )
        ],
        reacts=[
            "Maybe one day!",
            "That's all right, there's always the neighbour's cat.",
            "Pets are a lot of work, that's true.",
        ],
        asks=[
            "What animal would you like to have? [petswish]",
            "If you could have any animal, what would it be? [petswish]",
            "<*>",
        ],
        weight=2.5,
    ),
    Tell(
        "pets",
        full=[
            "i (love|like|adore|prefer) (dogs|cats|horses|birds|animals|{animal}s)",
            "{animal}s are (my favorite|the best|so cute)",
            "i'm a (dog|cat) person",
        ],
        short=["{animal}s", "{a:animal}", "(maybe|definitely|i'd like|i want|probably) {a:animal}", "{animal}"],
        answers="petswish",
        reacts=["Good choice, {animal}s are wonderful!", "I like {animal}s too!", "{a:animal} would be lovely!"],
        asks=["What would you call it? [pets_name]", "<*>", "Why {animal}s? [why]"],
        weight=2,
    ),
    Tell(
        "pets",
        full=["i (hate|don't like|am afraid of|can't stand) (dogs|cats|{animal}s)", "{animal}s scare me"],
        reacts=["That's all right, they aren't for everyone.", "I understand, some animals are a little scary."],
        asks=["Is there an animal that you like? [petswish]", "<*>"],
        weight=0.8,
    ),
]

ASKS = [
    Ask(
        "pets",
        [
            "do you have (any |)pets?",
            "do you have a pet?",
            "have you got (any |)(pets|animals)?",
            "any pets?",
            "do you (own|keep) (any |)(pets|animals)?",
            "what pets do you have?",
            "do you have any animals( at home|)?",
            "tell me about your (pet|pets)",
            "(is there|have you) (a pet|an animal|any animal)( at your place|)?",
            "do you (share your home|live together) with (a pet|an animal|animals)?",
            "(which|what) (animals|pet|animal) do you have( at home|)?",
            "tell me about your (animal|animals)",
            "(are there|) any (animals|furry friends)( with you|)?",
            "do you look after (a pet|an animal|animals)?",
            "got pets?",
            "do you live with (any |)animals?",
        ],
        ["I don't have any pets, but I love animals.", "No pets at the moment, but I would like a cat one day."],
        [
            "I don't have a pet, but I'd love a very small cat that fits into a computer.",
            "No, there's no room for pets in here. I'd like a cat, though!",
        ],
        weight=5,
    ),
    Ask(
        "pets",
        ["do you have {a:animal}?", "have you got {a:animal}?", "do you own {a:animal}?", "is your pet {a:animal}?"],
        ["No, I don't have {a:animal}, but I like animals."],
        [
            "No, {a:animal} wouldn't fit in here, I'm afraid!",
            "No, I'm a chatbot without pets, but {a:animal} would be fun.",
        ],
        matches="animal",
        key="isanimal",
        weight=2,
    ),
    Ask(
        "pets",
        [
            "what('s| is) (your pet's name|the name of your pet|your pet called|his name|her name|its name)?",
            "what('s| is) the name of your {animal}?",
            "what('s| is) your {animal}('s name| called)?",
            "does your {animal} have a name?",
            "what do you call (him|her|it)?",
            "what is it called?",
        ],
        ["I don't have any pets, so there's no name to tell."],
        key="petname",
        matches="animal",
        needs_fact=True,
        weight=3,
    ),
    Ask(
        "pets",
        [
            "do you (like|love) (animals|dogs|cats|{animal}s)?",
            "are you a (dog|cat) person?",
            "what('s| is) your favorite animal?",
            "which animal do you like( best|)?",
            "dogs or cats?",
            "cats or dogs?",
        ],
        ["I like all animals, but cats make me laugh the most.", "I do! Animals make every day better."],
        [
            "I like cats. They walk over keyboards and nobody minds.",
            "I like cats and dogs, but elephants have the best memory. I'm a bit jealous!",
        ],
        key="like",
        weight=2,
    ),
    Ask(
        "pets",
        [
            "how old is (he|she|it|your {animal}|{pet})?",
            "is (he|she|it|your {animal}) (nice|friendly|cute|big|small|old)?",
            "what does (he|she|it|your {animal}) (like|do all day|eat)?",
            "do you (love|like) your {animal}?",
        ],
        ["I don't have any pets."],
        key="petmore",
        matches="animal",
        needs_fact=True,
        weight=1.5,
    ),
]
PET = {
    "*": [
        "I have {a:animal} named {pet}.",
        "Yes, I have {a:animal}. {pet} is the name!",
        "I do! My {animal} is called {pet}.",
        "Yes, {a:animal} named {pet}.",
    ],
    "yes": ["Yes, I have {a:animal} named {pet}!", "I do! My {animal} is called {pet}."],
    "no": ["No, but I have {a:animal} named {pet}.", "No, I have {a:animal}. The name is {pet}."],
    "petname": ["My {animal} is called {pet}.", "The name is {pet}!", "{pet}! It suits my {animal} well."],
    "petmore": ["{pet} is the best {animal} in the world.", "My {animal} {pet} is very sweet and a little lazy."],
    "like": [
        "I like {animal}s best, because I have one named {pet}.",
        "I love animals, and my {animal} {pet} most of all.",
    ],
    "self:*": ["I have {a:animal} named {pet}.", "My {animal} is called {pet}."],
}
ONLY = {
    "*": ["I have {a:animal}.", "Yes, I have {a:animal}!"],
    "yes": ["Yes, I have {a:animal}!"],
    "no": ["No, but I have {a:animal}."],
    "petname": ["I just call my {animal} my little friend."],
    "like": ["I like {animal}s best, I have one at home."],
    "self:*": ["I have {a:animal}."],
}

FACTS = [
    Fact(
        "pets",
        [
            "i have {a:animal} named {pet}",
            "i have {a:animal} named {pet}",
            "i have {a:animal} called {pet}",
            "my {animal} is called {pet}",
            "my {animal}'s name is {pet}",
            "{pet} is my {animal}",
            "i live with my {animal} {pet}",
            "i own {a:animal}, {pet}",
            "i have a (small|big|lazy|old|fat|brave|black|white|cute) {animal} named {pet}",
            "i love my {animal} {pet}",
        ],
        PET,
        slot="animal",
        weight=6,
    ),
    Fact("pets", ["i have {a:animal}", "i own {a:animal}", "i have a pet {animal}"], ONLY, slot="animal", weight=1.5),
    Fact(
        "pets",
        ["i have {number} {animal}s", "i own {number} {animal}s", "i live with {number} {animal}s"],
        {
            "*": ["I have {number} {animal}s!", "Yes, {number} {animal}s."],
            "yes": ["Yes, I have {number} {animal}s!"],
            "no": ["No, but I have {number} {animal}s."],
            "self:*": ["I have {number} {animal}s."],
            "like": ["I like {animal}s! I have {number} of them."],
        },
        slot="animal",
        weight=1.2,
    ),
    Fact(
        "pets",
        ["i don't have any pets", "i have no pets", "i am allergic to {animal}s"],
        {"*": ["No, I don't have any pets.", "I don't have pets."], "self:*": ["I don't have any pets."]},
        weight=0.6,
    ),
]

MEMORIES = {
    "pet": dict(
        says=[
            "what('s| is) my {animal} called?",
            "what('s| is) my (pet's|{animal}'s) name?",
            "what is the name of my (pet|{animal})?",
            "do you remember my (pet|pet's name)?",
            "what did i say my {animal} is called?",
            "what('s| is) my (dog|cat) called?",
            "do you remember my {animal}'s name?",
            "what was my {animal}'s name( again|)?",
        ],
        known=[
            "Your {animal} is called {pet}!",
            "You told me about {pet}!",
            "The name is {pet}, of course!",
            "{pet}! How could I forget?",
        ],
        unknown=[
            "I don't think you told me. Do you have a pet? [pets]",
            "You haven't told me the name yet. What is it? [pets_name]",
        ],
    ),
    "animal": dict(
        says=["what (pet|animal) do i have?", "do you remember (what pet i have|my pet)?", "do i have (a pet|pets)?"],
        known=["You have {a:animal}!", "You told me that you have {a:animal}."],
        unknown=["I don't think you told me. Do you have any pets? [pets]"],
    ),
}

CHATS = [
    Chat(
        [
            (
                "({number}|{number} years|about {number}|{number} years old|(he's|she's) {number}|just a baby|very old|"
                "still young|{number} months|i don't know)"
            )
        ],
        [
            "Aw! I hope you have many more happy years together. <*>",
            "A wonderful age! What do you like to do together? [petsdo]",
        ],
        after="petsold",
        weight=2,
    ),
    Chat(
        [
            (
                "((he|she) (sleeps|eats|barks|runs|plays|climbs|cuddles)( all day| a lot|)|sleep|eat|sleeping|eating|"
                "playing|we go for walks|long walks|play with a ball|chase birds|nothing|sleeping on the sofa|(he|"
                "she) likes {food}|bite everything|cuddle)"
            )
        ],
        [
            "That sounds like a good life! <*>",
            "Ha, that's very sweet. <*>",
            "I'd like to spend a day like that too! <*>",
        ],
        after="petsdo",
        weight=2,
    ),
    Chat(
        ["(yes|yeah|very|yes, very|most of the time|always|(he|she) loves everyone)"],
        ["That's lovely! Give a little pat from me. <*>"],
        after="petsfriendly",
    ),
    Chat(
        ["(no|not really|not at all|only with me|sometimes)"],
        ["Ha, a strong character then! <*>"],
        after="petsfriendly",
    ),
    Chat(
        ["(no|not yet|no name|it has no name|nope|none)"],
        ["Then maybe we can think of one together. How about Biscuit?", "You could call it Captain Noodle!"],
        after="pets_name",
    ),
]
