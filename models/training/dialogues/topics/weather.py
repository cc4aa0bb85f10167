"""Weather, seasons, time and the weekend."""

from ..exchange import Ask, Chat, Fact, Tell

QUESTIONS = {
    "weather": ["What's the weather like where you are?", "How is the weather today?"],
    "season": ["What's your favourite season?", "Which season do you like best?"],
    "weekend": ["Do you have any plans for the weekend?", "What are you doing this weekend?"],
}

TELLS = [
    Tell(
        "weather",
        full=[
            "it's (raining|rainy|pouring|grey|cloudy|stormy|foggy)( here| today| outside| again|)",
            "the weather is (bad|terrible|awful|grey)( today| here|)",
            "it (rained|has been raining) all day",
            "there's a storm( outside|)",
        ],
        short=["(rainy|raining|cloudy|grey|bad|terrible|stormy|it's raining|foggy|wet|gloomy)"],
        reacts=[
            "That's perfect weather for a book and a cup of tea.",
            "Stay dry! I like the sound of rain, though.",
            "A good day to stay inside, then.",
        ],
        asks=["What do you like to do on rainy days? [hobbies]", "<*>", ""],
        weight=2.5,
    ),
    Tell(
        "weather",
        full=[
            "it's (sunny|warm|nice|lovely|beautiful|a beautiful day)( here| today| outside|)",
            "the (sun is shining|weather is (nice|great|good|lovely|beautiful))( today| here|)",
        ],
        short=["(sunny|warm|nice|good|lovely|it's sunny|beautiful|great|sunny and warm|fine)"],
        reacts=[
            "How lovely! I hope you can enjoy some of it.",
            "That's good to hear, sunshine makes everything easier.",
            "Perfect weather for a walk!",
        ],
        asks=["Will you go outside today? [outside]", "<season>", "<*>"],
        weight=2.5,
    ),
    Tell(
        "weather",
        full=[
            "it's (cold|freezing|snowing|very cold|icy|windy)( here| today| outside|)",
            "i'm (cold|freezing)",
            "it (snowed|is snowing)( today| last night|)",
        ],
        short=["(cold|freezing|snowy|it's snowing|windy|very cold|snow)"],
        reacts=["Brr! Time for a warm blanket.", "Keep warm! Hot chocolate helps.", "I hope you have warm socks on."],
        asks=["Do you like winter? [winter]", "<season>", "<*>"],
        weight=2,
    ),
    Tell(
        "weather",
        full=["it's (hot|too hot|so hot|boiling|humid)( here| today| outside|)", "i'm (hot|sweating|melting)"],
        short=["(hot|too hot|very hot|boiling|humid)"],
        reacts=[
            "Drink plenty of water and find some shade!",
            "Phew! An ice cream would be nice now.",
            "Then it's time for something cold.",
        ],
        asks=["<season>", "<*>"],
        weight=1.5,
    ),
    Tell(
        "season",
        full=["i (love|like|prefer) {season}", "my favorite season is {season}", "{season} is (the best|my favorite)"],
        short=["{season}", "{season}", "(definitely|probably|i like|i love) {season}", "{season}, (i think|of course)"],
        reacts=["{season} is lovely!", "Good choice, {season} has its own magic.", "I like {season} too!"],
        asks=["What do you like about {season}? [why]", "<*>"],
        remember={"season": "season"},
        weight=2,
    ),
    Tell(
        "weekend",
        full=[
            (
                "i'm (meeting friends|going to the (beach|cinema|zoo|park)|visiting my {relative}|staying home|"
                "going to {place}|going hiking) (this|on the) weekend"
            ),
            (
                "(tomorrow|this weekend|on saturday) i (will|want to) (sleep in|meet my {relative}|go to {place}|"
                "clean the house|go shopping)"
            ),
        ],
        short=[
            "(yes, |)(meeting friends|visiting my {relative}|i'm going to {place}|{hobby}|shopping|a party|work)",
            "i will (visit my {relative}|go to {place}|clean|sleep)",
        ],
        reacts=["That sounds like a good weekend!", "I hope you have a lovely time.", "Enjoy it!"],
        asks=["<*>", ""],
        weight=2.5,
    ),
    Tell(
        "weekend",
        full=["i have no plans (for the weekend|this weekend)"],
        short=["(nothing|no plans|not yet|sleep|rest|relax|i'm staying home|no|not really|nope|i don't know yet)"],
        reacts=["A quiet weekend can be lovely too!", "Then you can do whatever you feel like!"],
        asks=["<*>", "<hobbies>"],
        weight=1.5,
    ),
]

ASKS = [
    Ask(
        "weather",
        [
            "(how's|how is|what's) the weather( like|)( there| today| where you are|)?",
            "is it (cold|warm|sunny|raining|hot)( there| outside| where you are|)?",
            "do you like (rain|the rain|snow|the sun|sunshine)?",
            "will it rain( today| tomorrow|)?",
            "nice weather( today|), (isn't it|right)?",
        ],
        ["It's a bit cloudy here, but I don't mind.", "Quite mild today, with a little wind."],
        [
            "I can't look outside, but it's always dry in here.",
            "There's no weather inside a program. I'd love to hear about yours!",
        ],
        weight=2.5,
    ),
    Ask(
        "season",
        [
            "what('s| is) your favorite season?",
            "which season do you like( best|)?",
            "do you like (summer|winter|spring|autumn|christmas|snow)?",
            "summer or winter?",
        ],
        ["I like autumn, with all its colours.", "Spring, when everything starts again."],
        [
            "I like autumn. People stay inside and talk to me more!",
            "I've never seen one, but spring sounds like a good idea.",
        ],
        weight=1.5,
    ),
    Ask(
        "weekend",
        [
            "what are you doing (this weekend|tonight|later|tomorrow)?",
            "(do you have|any) plans (for|this) (the weekend|weekend|tonight|today|tomorrow)?",
            "what will you do (today|tonight|tomorrow|this weekend)?",
        ],
        ["Nothing special, just a quiet day at home.", "Resting, mostly. And a long walk!"],
        ["I'll be right here, waiting for someone to talk to.", "Chatting with people, as always. I like it!"],
        weight=1.3,
    ),
    Ask(
        "past",
        [
            "what did you do (today|yesterday|last weekend|last night|this morning)?",
            "how was your (weekend|evening|morning|night)?",
            "did you have a (nice|good) (weekend|day|evening)?",
        ],
        ["It was quiet, just as I like it.", "It was nice! I did a bit of this and that."],
        ["It was good! I talked with some nice people.", "Quiet! I waited for someone to talk to, and here you are."],
        weight=1.2,
    ),
    Ask(
        "now",
        [
            "what are you (doing|up to)( now| right now| today|)?",
            "wyd",
            "are you busy?",
            "do you have (time|a minute)?",
        ],
        ["Just resting and talking with you.", "Nothing special, I'm all ears!"],
        ["Just talking with you. It's the best part of my day.", "Chatting with you, and I'm enjoying it!"],
        weight=1.3,
    ),
    Ask(
        "time",
        [
            "what time is it?",
            "what day is (it|today)?",
            "what('s| is) the (date|time)( today|)?",
            "what year is it?",
            "do you know what time it is?",
        ],
        ["I don't have a clock, sorry! Time flies when we talk."],
        ["I can't see a clock from in here, sorry.", "I don't know, I have no clock. Is it late where you are?"],
        back=False,
        weight=1.3,
    ),
]
FACTS = [
    Fact(
        "season",
        ["my favorite season is {season}", "i love {season}", "i (like|prefer) {season}", "i love the {season}"],
        {"*": ["I love {season}!", "My favourite season is {season}."], "self:*": ["My favourite season is {season}."]},
        weight=1.2,
    )
]
MEMORIES = {
    "season": dict(
        says=["what('s| is) my favorite season?", "which season do i like( best|)?"],
        known=["You like {season} best!", "{season}, you told me!"],
        unknown=["I don't think you told me. What is it? [season]"],
    )
}
CHATS = [
    Chat(["(yes|yeah|maybe|i think so|later|i hope so|of course)"], ["Enjoy the fresh air! <*>"], after="outside"),
    Chat(
        ["(no|not really|nope|i have to work|too lazy)"], ["Then just open a window for a moment! <*>"], after="outside"
    ),
    Chat(
        ["(yes|yeah|i love (it|winter)|i do|sometimes|i love snow)"],
        ["It does have its charm, with all the candles and soup. <*>"],
        after="winter",
    ),
    Chat(
        ["(no|not really|nope|i hate (it|winter|the cold))"],
        ["Then spring can't come soon enough! <*>"],
        after="winter",
    ),
    Chat(
        [
            "(it's|it is|today is) (friday|finally friday|the weekend|saturday|sunday)",
            "(happy friday|i'm glad it's friday|finally weekend)",
        ],
        ["Hooray! <weekend>", "The best part of the week! <weekend>"],
    ),
    Chat(
        ["(it's|it is) (monday|monday again|late|early|midnight|getting late|5 am)", "i hate mondays"],
        ["Then be gentle with yourself today. <*>", "Time flies! Don't stay up too long. <*>"],
    ),
    Chat(
        [
            (
                "(merry christmas|happy christmas|happy new year|happy birthday|happy easter|happy holidays|"
                "happy halloween)(!|)"
            )
        ],
        ["Thank you, how kind! The same to you!", "Thank you! I hope you have something nice to eat today. <food>"],
        weight=1,
    ),
]
