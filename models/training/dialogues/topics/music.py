"""Music."""

from ..exchange import Ask, Chat, Fact, Tell

QUESTIONS = {
    "music": [
        "What kind of music do you like?",
        "What music do you like to listen to?",
        "Do you have a favourite band or singer?",
    ],
    "instrument": ["Do you play an instrument?"],
}

TELLS = [
    Tell(
        "music",
        full=[
            "i (love|like|listen to|am into|really like) {genre}",
            "my favorite (music|genre) is {genre}",
            "i'm listening to {genre}( right now|)",
        ],
        short=["{genre}", "{genre}", "(mostly|mainly|i like|i love) {genre}", "{genre} and {genre2}"],
        reacts=["{genre} is great!", "I like {genre} too!", "{genre} always puts me in a good mood."],
        asks=[
            "Who is your favourite artist? [music]",
            "Do you play an instrument? [instrument]",
            "Do you listen to it every day? [often]",
            "<*>",
        ],
        remember={"music": "genre"},
        weight=4,
    ),
    Tell(
        "music",
        full=[
            "i (love|like|listen to|am a fan of) {artist}",
            "my favorite (band|singer|artist|composer) is {artist}",
            "i (went to|saw) a concert of {artist}",
            "i'm listening to {artist}( right now|)",
        ],
        short=[
            "{artist}",
            "{artist}, (i think|of course|probably)",
            "i like {artist}",
            "(it's|definitely) {artist}",
            "{artist}",
        ],
        reacts=["{artist}! Good taste.", "I can see why people like {artist}.", "{artist} is a good choice!"],
        asks=["What do you like about {artist}? [why]", "<*>", "Have you ever seen {artist} live? [live]"],
        remember={"artist": "artist"},
        weight=3,
    ),
    Tell(
        "music",
        full=["i love music", "music is my life", "i like all kinds of music"],
        short=["(everything|all kinds|anything|a bit of everything|i like everything|many)"],
        reacts=["Music makes everything better!", "I agree, there's a song for every mood."],
        asks=["What are you listening to these days? [music]", "Do you play an instrument? [instrument]", "<*>"],
        weight=1.5,
    ),
    Tell(
        "music",
        full=["i (don't like|hate|never listen to) (music|{genre})"],
        short=["(none|i don't like music|nothing|i don't listen to music|no)"],
        reacts=["That's all right, silence has its charm too."],
        asks=["<*>"],
        weight=0.8,
    ),
    Tell(
        "instrument",
        full=[
            (
                "i play (the guitar|the piano|the violin|the drums|the flute|guitar|piano|bass|the trumpet|the cello|"
                "the ukulele)( in a band|)"
            ),
            "i'm in a band",
            "i (sing|sing in a choir)",
        ],
        short=[
            "(yes|yeah),? (the |)(guitar|piano|violin|drums|flute|bass|trumpet|cello)",
            "(guitar|piano|the violin|the drums|i sing|a little piano)",
            "(yes|a little|yeah, badly)",
        ],
        answers="instrument",
        reacts=["How wonderful, I'd love to hear you play!", "That's impressive!", "Making music must feel great."],
        asks=["How long have you been playing? [hobbylong]", "What do you like to play? [music]", "<*>"],
        weight=2.5,
    ),
    Tell(
        "instrument",
        full=["i (can't|don't) (sing|play an instrument)"],
        short=["(no|nope|not at all|i wish|no, but i'd like to|never learned|i used to)"],
        answers="instrument",
        reacts=["It's never too late to start!", "Listening is an art too."],
        asks=["<*>"],
    ),
]

ASKS = [
    Ask(
        "music",
        [
            "what (music|kind of music|type of music|songs) do you (like|listen to|love)?",
            "what('s| is) your favorite (music|song|band|singer|artist|genre|kind of music)?",
            "do you (like|listen to|love) music?",
            "who('s| is) your favorite (singer|band|artist|musician)?",
            "(what|who|which music) do you (listen|like to listen) to( most|)?",
            "(which|what) (bands|singers|artists|musicians|songs) do you (like|enjoy|love)?",
            "what kind of songs are you into?",
            "(who|what) do you (play|put on|hear) (at home|in the evening)?",
            "are you into music?",
            "favorite music?",
            "which (band|singer|music) do you like( best|)?",
            "what are you listening to?",
        ],
        ["I like a bit of everything, and quiet piano music most of all.", "Old songs with a good melody, mostly."],
        [
            "I like music with a steady beat, like rain on a roof.",
            "I can't hear, but I'd like jazz. It sounds like a good conversation.",
            "I like songs about rain. I can't hear them, but the words are lovely.",
        ],
        weight=4,
    ),
    Ask(
        "music",
        ["do you (like|listen to|know) {genre}?", "are you into {genre}?"],
        ["Now and then! {genre} can be fun.", "I don't mind {genre} at all."],
        ["I can't hear it, but I like reading about {genre}."],
        matches="genre",
        key="isgenre",
        weight=1.2,
    ),
    Ask(
        "music",
        ["do you (like|know|listen to) {artist}?", "have you heard of {artist}?"],
        [
            "I don't know {artist} very well. What should I listen to first?",
            "A little! Tell me what you like about {artist}.",
        ],
        matches="artist",
        key="isartist",
        weight=1.2,
    ),
    Ask(
        "instrument",
        [
            "(do|can) you play (an instrument|any instruments|the guitar|the piano|music)?",
            "can you sing?",
            "sing (me a song|something|for me)",
            "do you sing?",
        ],
        ["No, but I hum in the kitchen.", "I can't, but I'd like to learn the piano."],
        ["La la la! That's all I can do, I'm afraid.", "I can't sing, but I can type la la la!"],
        weight=1.5,
    ),
]

FACTS = [
    Fact(
        "music",
        [
            "i (love|like|listen to|enjoy) {genre}",
            "my favorite music is {genre}",
            "i am a fan of {genre}",
            "i only listen to {genre}",
            "i love to listen to {genre}",
        ],
        {
            "*": ["I love {genre}!", "I listen to {genre} most of the time.", "{genre} is my favourite."],
            "yes": ["Yes, I love {genre}!"],
            "no": ["Not so much, I prefer {genre}."],
            "self:*": ["I like {genre}."],
        },
        slot="genre",
        weight=2.5,
    ),
    Fact(
        "music",
        [
            "my favorite (band|singer|artist|musician) is {artist}",
            "i love {artist}'s music",
            "i (am a big fan of|listen to) {artist}",
        ],
        {
            "*": ["I love {artist}!", "My favourite is {artist}.", "I listen to {artist} all the time."],
            "yes": ["Yes, {artist} is my favourite!"],
            "no": ["A little, but {artist} is my favourite."],
            "self:*": ["I love the music of {artist}."],
        },
        slot="artist",
        weight=2,
    ),
    Fact(
        "instrument",
        [
            "i play the {instrument}",
            "i play {instrument} in a band",
            "i am learning the {instrument}",
            "i teach the {instrument}",
        ],
        {
            "*": ["Yes, I play the {instrument}!", "I do, I play the {instrument}."],
            "hobbies:*": ["I play the {instrument}.", "I like to play the {instrument}."],
            "self:*": ["I play the {instrument}."],
        },
        weight=2,
    ),
]
MEMORIES = {
    "music": dict(
        says=["what music do i like?", "do you remember (what|which) music i like?", "what('s| is) my favorite music?"],
        known=["You like {genre}!", "You told me about {genre}!"],
        unknown=["I don't think you told me. <music>"],
    )
}
CHATS = [
    Chat(
        ["(yes|yeah|once|yes, it was amazing|twice|of course)"],
        ["That must have been a great night! <*>"],
        after="live",
    ),
    Chat(["(no|not yet|never|nope|i wish)"], ["Maybe one day! <*>"], after="live"),
]
