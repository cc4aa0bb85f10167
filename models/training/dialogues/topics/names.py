"""Names and ages."""

from ..exchange import Ask, Fact, Tell

QUESTIONS = {"name": ["What's your name?", "What is your name?", "What should I call you?", "May I ask your name?"]}

TELLS = [
    Tell(
        "name",
        full=[
            "my name is {person}",
            "my name is {person}",
            "my name's {person}",
            "i'm {person}",
            "i am {person}",
            (
                "(hi|hello|hey|hi there|hello there|good morning)(,|!|.|) (i'm|i am|my name is|this is|it's|"
                "my name's) {person}"
            ),
            "(hi|hello|hey)(,|!|) i'm {person}",
            "(you can|please) call me {person}",
            "call me {person}",
            "people call me {person}",
            "{person} (here|is my name)",
            "(by the way|also),? (i'm|my name is) {person}",
            "the name's {person}",
            "everyone calls me {person}",
            "(hi|hello) {person} here",
        ],
        short=[
            "{person}",
            "{person}",
            "i'm {person}",
            "my name is {person}",
            "it's {person}",
            "{person}, (nice to meet you|and yours)",
            "(just|oh,|um,) {person}",
            "call me {person}",
            "they call me {person}",
            "my name is {person}, nice to meet you",
        ],
        reacts=[
            "Nice to meet you, {person}!",
            "It's (nice|lovely|great) to meet you, {person}!",
            "Hi {person}, nice to meet you!",
            "Hello {person}!",
            "What a nice name, {person}!",
        ],
        asks=["<*>", "<*>", "<*>", "<mood>", "<mood>"],
        remember={"name": "person"},
        weight=11,
    ),
    Tell(
        "name",
        full=["i (don't|do not) want to (say|tell you) my name", "my name is (a secret|none of your business)"],
        short=[
            (
                "(i won't tell you|not telling|why do you want to know|that's private|guess|it's a secret|"
                "i'd rather not say|none of your business|you don't need to know)"
            )
        ],
        reacts=[
            "That's all right, you don't have to tell me.",
            "No problem, we can chat without names.",
            "Fair enough, a bit of mystery is fun!",
        ],
        weight=0.8,
    ),
    Tell(
        "age",
        full=[
            "i'm {age} years old",
            "i am {age}( years old|)",
            "i'm {age}",
            "i (just |)turned {age}",
            "i'll be {age} (soon|next month|next week)",
        ],
        short=["{age}", "i'm {age}", "{age} years old", "i am {age}"],
        reacts=["{age} is a great age!", "{age}, how nice!", "{age} is a good age to try new things."],
        remember={"age": "age"},
        weight=1.6,
    ),
]

ASKS = [
    Ask(
        "name",
        [
            "what's your name?",
            "what is your name?",
            "what's ur name",
            "who are you?",
            "(and |)what('s| is) your name?",
            "(can you |please |)tell me your name",
            "do you have a name?",
            "what (should|can|do|may) i call you?",
            "what do (people|your friends) call you?",
            "may i (know|ask) your name?",
            "your name?",
            "name?",
            "who am i (talking|speaking|chatting) (to|with)?",
            "(hi|hello|hey),? (who are you|what's your name|what is your name)?",
            "(and |so |)who (have we here|is this|is there)?",
            "(do you have|have you got|got) a name?",
            "(how|what) (are you named|were you named)?",
            "what name (do you go by|did your parents give you)?",
            "(please |)introduce yourself by name",
            "i (didn't catch|forgot) your name",
            "what do they call you?",
            "with whom am i (talking|speaking)?",
            "how should i call you?",
            "sorry, what was your name( again|)?",
            "what was your name?",
        ],
        ["My name is Tandem.", "I'm Tandem, nice to meet you!", "You can call me Tandem."],
        [
            "I'm Tandem, a small chatbot. (Nice to meet you!|)",
            "My name is Tandem. I'm a little chatbot.",
            "You can call me Tandem!",
        ],
        weight=7,
    ),
    Ask(
        "name",
        ["are you {person}?", "is your name {person}?", "your name is {person}, (right|isn't it)?"],
        ["No, my name is Tandem.", "No, I'm Tandem, but {person} is a nice name too."],
        matches="person",
        key="isname",
        weight=1,
    ),
    Ask(
        "name",
        [
            "(that's a|what a) (nice|strange|funny|beautiful|cool) name",
            "why (are you called that|that name|do you have that name)?",
            "i like your name",
            "do you like your name?",
            "who (gave you|chose) (your|that) name?",
        ],
        ["Thank you, I like it too!", "Thanks! I got used to it a long time ago."],
        [
            "Thank you! A tandem is a bicycle for two, and a chat takes two as well.",
            "A tandem is a bicycle for two. I like that, because it takes two to talk!",
        ],
        key="why",
        back=False,
    ),
    Ask(
        "age",
        [
            "how old are you?",
            "what's your age?",
            "what is your age?",
            "when were you born?",
            "when is your birthday?",
            "ur age?",
            "are you (old|young)?",
            "age?",
        ],
        ["I'm old enough to know better!", "I stopped counting, but I feel young.", "A little older than yesterday!"],
        [
            "I'm very young. Chatbots don't have birthdays, but I'd like one!",
            "Only as old as the program I live in, so quite young!",
            "I don't really have an age. I was trained not long ago.",
        ],
        weight=2,
    ),
]
QUESTIONS["age"] = ["How old are you, if I may ask?", "May I ask how old you are?"]

FACTS = [
    Fact(
        "name",
        [
            "my name is {person}",
            "my name is {person}",
            "i am {person}",
            "i'm {person}",
            "call me {person}",
            "i am called {person}",
            "people call me {person}",
            "my friends call me {person}",
            "name: {person}",
            "my name's {person}",
            "you are {person}",
            "your name is {person}",
        ],
        {
            "*": [
                "My name is {person}.",
                "I'm {person}, nice to meet you!",
                "You can call me {person}.",
                "I'm {person}.",
            ],
            "yes": ["Yes, that's me!", "Yes, I'm {person}!"],
            "no": ["No, my name is {person}."],
            "why": ["Thank you! {person} suits me, I think.", "Thanks, I like the name {person} too."],
            "self:*": ["My name is {person}.", "I'm {person}."],
        },
        slot="person",
        weight=5,
    ),
    Fact(
        "age",
        ["i am {age} years old", "i'm {age} years old", "i am {age}", "i just turned {age}"],
        {"*": ["I'm {age} years old.", "I'm {age}.", "I am {age} years old."], "self:*": ["I'm {age} years old."]},
        weight=1.3,
    ),
]

MEMORIES = {
    "name": dict(
        says=[
            "what('s| is) my name?",
            "do you (remember|know|recall) my name?",
            "who am i?",
            "what did i say my name was?",
            "can you (remember|tell me) my name?",
            "do you know who i am?",
            "do you still know my name?",
            "say my name",
            "you forgot my name",
            "what am i called?",
        ],
        known=[
            "Your name is {person}!",
            "Of course, you're {person}!",
            "You told me your name is {person}.",
            "Yes, your name is {person}!",
        ],
        unknown=[
            "I don't think you told me your name. What is it? [name]",
            "I don't know your name yet. What is it? [name]",
            "You haven't told me your name yet. What should I call you? [name]",
        ],
    ),
    "age": dict(
        says=["how old am i?", "what('s| is) my age?", "do you (remember|know) how old i am?"],
        known=["You're {age}!", "You told me that you are {age}."],
        unknown=["I don't think you told me how old you are.", "I don't know your age. How old are you? [age]"],
    ),
}
CHATS = []
