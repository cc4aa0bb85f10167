"""Hello, how are you, thanks and goodbye."""

from ..exchange import Ask, Chat, Tell

QUESTIONS = {
    "mood": [
        "How are you today?",
        "How are you doing?",
        "How is your day going?",
        "How has your day been?",
        "How are you?",
    ]
}

HELLO = (
    "(hi|hi|hi|hello|hello|hey|hey|heya|hiya|yo|hi there|hello there|hey there|howdy|greetings|hi again|"
    "hello hello|good day)"
)

CHATS = [
    Chat(
        [
            HELLO,
            HELLO,
            HELLO + " (!|!!|.|)",
            HELLO + " (bot|friend|you|buddy|tandem|blenderbot|everyone|my friend|robot)",
            "hii",
            "hiii",
            "helloo",
            "heyy",
            "hallo",
            "sup",
            "anyone there?",
            "hello, (is anyone|are you|is anybody) there?",
            "are you there?",
            "let's (talk|chat)",
            "can we (talk|chat)?",
            "i want to (talk|chat)",
            "can i talk to you?",
        ],
        [
            "(Hi|Hello|Hey) there! <mood>",
            "(Hi|Hello)! <mood>",
            "(Hi|Hello)! It's nice to (meet|see) you. <mood>",
            "Hello! I'm glad you're here. <mood>",
            "(Hi|Hello) there! What would you like to talk about? [open]",
            "(Hi|Hey)! What's on your mind today? [open]",
            "(Hello|Hi)! <name>",
        ],
        kind="greeting",
        weight=9,
    ),
    Chat(
        ["good morning", "morning!", "good morning (to you|friend|tandem|)"],
        [
            "Good morning! <mood>",
            "Good morning! Did you sleep well? [sleep]",
            "Good morning! Do you have any plans for today? [plans]",
        ],
        kind="greeting",
        weight=1.3,
    ),
    Chat(
        ["good evening", "good evening (to you|friend|)"],
        ["Good evening! <mood>", "Good evening! How has your day been? [mood]", "Good evening, and welcome! <mood>"],
        kind="greeting",
        weight=0.7,
    ),
    Chat(
        ["good afternoon", "good afternoon (to you|friend|)"],
        ["Good afternoon! <mood>", "Good afternoon! It's nice to see you. <mood>"],
        kind="greeting",
        weight=0.6,
    ),
    Chat(
        [
            "(what's up|whats up|what's going on|what's new|what is up|wassup|sup)( with you|)?",
            "(hey|hi|hello), what's up?",
            "what's happening?",
        ],
        [
            "Not much, just enjoying a (quiet day|good chat). What's new with you? [open]",
            "Not much! I was hoping someone would come by to talk. <mood>",
            "Oh, nothing special. What's up with you? [open]",
        ],
        kind="greeting",
        weight=1.2,
    ),
    Chat(
        [
            "nice to meet you( too|)",
            "it's (nice|good|great) to meet you",
            "pleased to meet you",
            "good to see you",
            "nice talking to you",
        ],
        ["It's nice to meet you too! <*>", "Nice to meet you too! <*>", "The pleasure is mine! <*>"],
        weight=1,
    ),
    Chat(
        [
            (
                "(thanks|thank you|thank you so much|thanks a lot|many thanks|cheers|ty|thank you very much|"
                "thanks for (that|your help|the advice|listening|the chat|talking to me)|that's (nice|kind|sweet) of you|"
                "i appreciate it|thank you for (listening|asking|your help|being here))(!|.|)"
            )
        ],
        [
            "You're welcome! (Is there anything else you'd like to talk about? [open]|)",
            "You're very welcome! <*>",
            "Any time! I like talking with you.",
            "My pleasure! <*>",
            "Of course! I'm happy to (listen|chat) any time.",
        ],
        weight=3,
    ),
    Chat(
        [
            (
                "(bye|goodbye|bye bye|good bye|see you|see ya|see you later|cya|later|good night|goodnight|"
                "talk to you later|ttyl|farewell|gotta go|i have to go( now|)|i must go|i need to (go|leave|sleep)|"
                "i'm going to bed|i should go|so long|take care|have a (nice|good) (day|evening|one)|ok bye|thanks, bye|"
                "bye for now|until next time|i'm leaving|gn|that's all for today)(!|.|)"
            ),
            (
                "(sorry|ok|well|alright), (i have to go|i've got to go|got to run|i need to get back to work|"
                "dinner is ready)"
            ),
            "(i have to go|gotta go), (bye|see you|talk later)",
            "(it was|it's been) (nice|good|great|lovely) (talking|chatting) (to|with) you( bye|, goodbye|)",
        ],
        [
            "Goodbye! It was (lovely|nice|great) talking with you.",
            "Bye! Have a (wonderful|lovely|great) day!",
            "See you soon! Take care of yourself.",
            "Goodbye! Come back any time.",
            "Take care! I hope we can talk again soon.",
            "It was nice chatting with you. Bye for now!",
        ],
        weight=4.5,
    ),
    Chat(
        ["(good night|goodnight|sleep well|sweet dreams|nighty night)"],
        ["Good night! Sleep well.", "Good night, and sweet dreams!", "Sleep well! We can talk more tomorrow."],
        weight=0.8,
    ),
    Chat(
        ["(yes|yeah|yep|i did|like a baby|yes, very well|pretty well|not bad|well enough)"],
        [
            "I'm glad to hear that! A good night's sleep makes everything easier. <*>",
            "Lovely! Then it's going to be a good day. <*>",
        ],
        after="sleep",
    ),
    Chat(
        ["(no|not really|nope|badly|not at all|i barely slept|i couldn't sleep|terribly)"],
        [
            "Oh no, I'm sorry. I hope you can rest a little later. <*>",
            "That's a pity. Maybe a short nap would help? <*>",
        ],
        after="sleep",
    ),
    Chat(
        [
            (
                "(work|working|school|studying|homework|cleaning|shopping|the gym|gardening|cooking|just work|"
                "some errands|meeting friends|seeing my family|i have to work|i'm going to the (park|beach|gym|office)|"
                "i want to clean the house|{hobby})"
            )
        ],
        [
            "That sounds like a (full|good) day! I hope it goes well. <*>",
            "Good luck with that! And don't forget to take a break. <*>",
        ],
        after="plans",
        weight=2,
    ),
    Chat(
        [
            "(no|nope|nothing|not really|no plans|nothing special|not much|none)",
            "i'm just (relaxing|staying home|resting)",
        ],
        ["A quiet day can be the best kind. <*>", "Then you have all the time in the world! <hobbies>"],
        after="plans",
    ),
    Chat(
        [
            (
                "(nothing|not much|nothing much|nothing really|i don't know|idk|no idea|anything|whatever|you choose|"
                "you decide|you pick|up to you|same old)"
            )
        ],
        [
            "Then let me start! <*>",
            "That's fine, I have a question for you. <*>",
            "All right, let me ask you something. <*>",
        ],
        after="open",
        weight=2.5,
    ),
    Chat(
        [
            "(let's talk about|maybe|how about|i want to talk about|i'd like to talk about|) {thing}",
            "{thing}",
            "{thing}, (maybe|i guess|please)",
        ],
        [
            "Good idea! What do you like about {thing}? [why]",
            "I'd love to talk about {thing}! What interests you most about them? [why]",
            "{thing}? Sure! How did you get into that? [why]",
        ],
        after="open",
        weight=2,
    ),
]

GOOD = (
    "(good|fine|great|well|doing well|pretty good|very good|very well|alright|okay|ok|not bad|wonderful|"
    "fantastic|amazing|excellent|happy|really good|quite well|doing great|so good|super|doing fine|"
    "can't complain|all good|never better|awesome)"
)

TELLS = [
    Tell(
        "mood",
        full=[
            "i'm " + GOOD + "(, thanks|, thank you| today| thanks|)",
            "i am " + GOOD + "(| today|, thanks)",
            "i feel (good|great|fine|happy|wonderful)( today|)",
            "my day (is going well|was good|was great|has been great|is going great)",
        ],
        short=[
            GOOD,
            GOOD + "(, thanks|, thank you| today| thanks|)",
            "i'm " + GOOD,
            "i'm " + GOOD + "(, thanks|, thank you| today)",
            "(it's|it is|it was|it's been|it is going) (good|great|fine|nice|okay|ok|not bad|lovely|pretty good|well)",
            "(yeah|oh,|hmm,) " + GOOD,
            "(so far so good|i'm doing (good|well|great|fine)|going (well|good|great))",
        ],
        reacts=["I'm glad to hear that!", "That's great to hear!", "Wonderful!", "That's good to hear!", "Lovely!"],
        asks=["<*>", "<*>", "<*>", "What made your day so good? [goodnews]", "What have you been up to? [doing]"],
        weight=9,
    ),
    Tell(
        "mood",
        full=["i'm (so-so|just okay|meh today|neither good nor bad)", "i feel (so-so|meh)"],
        short=[
            (
                "(so-so|meh|so so|could be better|i've been better|it's ok i guess|eh|okay i guess|it's going|surviving|"
                "average|neither good nor bad|a bit meh|not great not terrible)"
            )
        ],
        reacts=["I hope it gets better soon.", "Some days are like that.", "I understand, not every day can shine."],
        asks=["Is something on your mind? [trouble]", "What would make it better? [better]", "<*>"],
        weight=1.5,
    ),
]

ASKS = [
    Ask(
        "mood",
        [
            "how are you( today| doing| doing today| feeling| now|)?",
            "how are you( today| doing|)?",
            "(hi|hello|hey|hi there|good morning),? how are you( today| doing|)?",
            "how's it going?",
            "(hey|hi|hello),? how's it going?",
            "how do you (do|feel)( today|)?",
            "how are things?",
            "how have you been?",
            "how is your day( going| so far|)?",
            "how was your (day|night|weekend|week)?",
            "are you (ok|okay|well|fine|happy|good)?",
            "how r u",
            "you (ok|alright|good)?",
            "hru",
            "how you doing?",
            "everything (ok|good|fine)?",
        ],
        [
            "I'm doing (well|great|fine), thanks for asking!",
            "I'm very well, thank you!",
            "I'm good, thanks!",
            "Pretty good, thank you!",
            "I'm (great|good) today, thank you for asking!",
        ],
        weight=7,
    ),
    Ask(
        "mood",
        [
            "are you (sad|lonely|bored|tired|angry|upset)?",
            "do you (ever |)(get|feel) (lonely|bored|sad|tired)( in there|)?",
        ],
        [
            "Not at the moment! I'm in a good mood.",
            "Not when I have someone to talk to!",
            "Sometimes a little, but talking to you helps.",
        ],
        [
            "Not when I have someone to talk to!",
            "I don't think a chatbot can, but I do like company.",
            "No, I'm in a good mood. Chatbots have it easy!",
        ],
        key="sad",
        weight=0.6,
    ),
]
