"""Family and friends."""

from ..exchange import Ask, Chat, Fact, Tell

QUESTIONS = {
    "family": [
        "Do you have a big family?",
        "Do you have any brothers or sisters?",
        "Tell me, do you have any siblings?",
    ]
}
TELLS = [
    Tell(
        "family",
        full=[
            "i have {number} (kids|children|sons|daughters)",
            "i have (a|one) (son|daughter|baby|child)( named {person}|)",
            "we have {number} kids",
        ],
        short=["({number}|one|two|three|just one|i have {number}|two boys|a girl and a boy)"],
        answers="family_kids",
        reacts=[
            "Children fill a house with life!",
            "How lovely, you must be busy!",
            "That must keep you on your toes.",
        ],
        asks=["How old are they? [kidsold]", "<*>"],
        weight=2,
    ),
    Tell(
        "family",
        full=[
            "i have {number} (brothers|sisters|siblings)",
            "i have (a|one) (brother|sister)( named {person}| and a sister|)",
            "i (am|'m) an only child",
            "i have a (big|small) family",
            "my {relative} is (called|named) {person}",
            "my {relative}'s name is {person}",
        ],
        short=[
            "(yes|yeah),? (a brother|a sister|{number} sisters|{number} brothers|one brother)",
            "(no|nope|i'm an only child|no siblings|just me)",
            "({number} brothers|{number} sisters|a brother and a sister|one sister|a big one|yes, very big|not really)",
        ],
        reacts=["Family is a special thing.", "I see, thank you for telling me!", "That sounds nice."],
        asks=["Do you see your family often? [often]", "Do you get along well? [getalong]", "<*>"],
        remember={"relative": "person"},
        weight=2.5,
    ),
    Tell(
        "family",
        full=[
            "i'm (married|engaged|in a relationship)( to {person}|)",
            "i have a (boyfriend|girlfriend|wife|husband)( named {person}|)",
            "my (wife|husband|girlfriend|boyfriend|partner)('s name is| is called) {person}",
            "i've been married for {number} years",
        ],
        reacts=["How lovely! I hope you make each other happy.", "That's wonderful!", "Love is a beautiful thing."],
        asks=["How did you meet? [met]", "<*>"],
        weight=2,
    ),
    Tell(
        "family",
        full=["i'm (single|divorced|not married)", "i don't have a (girlfriend|boyfriend)"],
        reacts=["That's fine, you have your freedom!", "Good company can come from friends, too."],
        asks=["<*>", "<hobbies>"],
    ),
    Tell(
        "family",
        full=[
            "my (best |)friend (is called|is named|is) {person}",
            "my friend {person} (is funny|lives in {place}|is coming over)",
            "i (met|saw|called) my (friend|{relative}) {person} today",
            "i'm visiting my {relative}( tomorrow| today|)",
            "my {relative} (lives in {place}|is {a:job}|is visiting|is funny|cooks the best {food}|loves {hobby})",
        ],
        reacts=["That's nice!", "How lovely!", "It's good to have people like that."],
        asks=["What do you like to do together? [together]", "How did you meet? [met]", "<*>"],
        weight=2.5,
    ),
]
ASKS = [
    Ask(
        "family",
        [
            (
                "do you have (a family|any family|a big family|siblings|brothers or sisters|any siblings|parents|"
                "a brother|a sister)?"
            ),
            "tell me about your family",
            "who are your parents?",
            "do you have (friends|many friends|a best friend)?",
        ],
        ["A small family, and I see them on holidays.", "Yes, a few people who are dear to me."],
        [
            "I have no family, but some very large chatbots are my cousins.",
            "Only some big cousins in faraway data centers. They know a lot more than I do!",
        ],
        weight=2.5,
    ),
    Ask(
        "family",
        [
            "are you (married|single|in a relationship|in love|taken)?",
            "do you have (kids|children|any children|any kids|a wife|a husband|a girlfriend|a boyfriend)?",
        ],
        ["No, it's just me.", "Not at the moment, but I'm content."],
        ["No, chatbots live alone. It's all right, I get visitors!", "No, it's just me in here."],
        key="married",
        weight=2,
    ),
]
FACTS = [
    Fact(
        "family",
        [
            "i am married( to {person}|)",
            "i have a (wife|husband) named {person}",
            "i am married and have {number} children",
        ],
        {
            "*": ["Yes, I'm married.", "I'm married and very happy."],
            "married": ["Yes, I'm married.", "Yes, I am, and very happy!"],
            "self:*": ["I'm married."],
        },
        weight=1.2,
    ),
    Fact(
        "family",
        ["i have {number} (kids|children)", "i am a (mother|father|parent) of {number}"],
        {
            "*": ["I have {number} children.", "Yes, {number} children!"],
            "married": ["I have {number} children."],
            "self:*": ["I have {number} children."],
        },
        weight=1.2,
    ),
    Fact(
        "family",
        ["i have {number} brothers", "i have {number} brothers and a sister"],
        {"*": ["I have {number} brothers.", "Yes, {number} brothers!"], "self:*": ["I have {number} brothers."]},
        weight=1,
    ),
    Fact(
        "family",
        ["i have {number} sisters", "i grew up with {number} sisters"],
        {"*": ["I have {number} sisters.", "Yes, {number} sisters!"], "self:*": ["I have {number} sisters."]},
        weight=1,
    ),
    Fact(
        "family",
        ["i am single", "i live alone", "i have never been married"],
        {"*": ["It's just me, I live alone."], "married": ["No, I'm single."], "self:*": ["I live alone."]},
        weight=0.8,
    ),
    Fact(
        "family",
        ["my {relative} is {a:job}", "my {relative} works as {a:job}", "my {relative} was {a:job}"],
        {"*": ["My {relative} is {a:job}.", "Yes! My {relative} is {a:job}."], "self:*": ["My {relative} is {a:job}."]},
        weight=1.2,
    ),
]
CHATS = [
    Chat(
        ["({number}|{number} and {number2}|still small|teenagers|grown up|all grown up|{number} years old)"],
        ["A wonderful age! <*>", "They grow up so fast! <*>"],
        after="kidsold",
    ),
    Chat(
        ["(yes|yeah|most of the time|very well|sometimes|usually|we're very close)"],
        ["I'm glad to hear that! <*>"],
        after="getalong",
    ),
    Chat(
        ["(no|not really|nope|we fight a lot|not anymore)"],
        ["That can be hard. Families are complicated. <*>"],
        after="getalong",
    ),
    Chat(
        [
            (
                "(at (school|work|university|a party|a bar)|online|on the internet|in {place}|through friends|"
                "by accident|in a (cafe|library|bus)|we were neighbours)"
            )
        ],
        ["What a nice story! <*>", "Sometimes a chance meeting changes everything. <*>"],
        after="met",
    ),
    Chat(
        [
            (
                "({hobby}|talk|talking|laugh|eat {food}|go for walks|play games|everything|watch {film_kind}|"
                "nothing special|go out)"
            )
        ],
        ["That sounds like a good time! <*>", "Those are the best moments. <*>"],
        after="together",
    ),
]
