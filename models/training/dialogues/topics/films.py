"""Films, books and games."""

from ..exchange import Ask, Chat, Fact, Tell

QUESTIONS = {
    "films": [
        "What's your favourite film?",
        "Do you like films?",
        "Have you seen a good film lately?",
        "What kind of films do you like?",
    ],
    "books": [
        "Do you like to read?",
        "What are you reading at the moment? [books_what]",
        "Do you have a favourite book? [books_what]",
    ],
    "games": ["Do you like games?", "Do you play any games?"],
}

TELLS = [
    Tell(
        "films",
        full=[
            "i (love|like|watched|saw|am watching) {film}( yesterday| last night|)",
            "my favorite (movie|film) is {film}",
            "my favourite film is {film}",
            "have you seen {film}? it's great",
            "{film} is (my favorite movie|a great movie|the best film ever)",
        ],
        short=[
            "{film}",
            "{film}",
            "(probably|definitely|maybe|it's|i like) {film}",
            "{film}, (i think|of course)",
            "yes, {film}",
            "i saw {film}",
        ],
        reacts=[
            "{film} is a great choice!",
            "Oh, {film}! I've heard good things about it.",
            "{film}! I'd like to see that one day.",
        ],
        asks=[
            "What do you like about it? [why]",
            "Who is your favourite character? [character]",
            "Did you see it more than once? [often]",
            "<*>",
        ],
        remember={"film": "film"},
        weight=4,
    ),
    Tell(
        "films",
        full=["i (love|like|enjoy|watch) {film_kind}", "{film_kind} are my favorite", "i prefer {film_kind}"],
        short=[
            "{film_kind}",
            "(mostly|mainly|i like|i love|i prefer) {film_kind}",
            "yes, {film_kind}",
            "yes, especially {film_kind}",
        ],
        reacts=["{film_kind} are fun!", "I like {film_kind} too!", "{film_kind} are perfect for a rainy evening."],
        asks=["What's your favourite? [films]", "Which one did you like most? [films]", "<*>"],
        weight=3,
    ),
    Tell(
        "films",
        full=[
            "i (love|like|watch) (movies|films|tv|series)",
            "i (watched|saw) a (movie|film|good movie|boring film)( last night| yesterday|)",
            "i'm watching (tv|a movie)",
        ],
        short=["(yes|yeah|i do|i love movies|sure|of course|yes, a lot|sometimes)"],
        reacts=["Nothing beats a good film and some popcorn!", "A good story is the best thing."],
        asks=["Which one is your favourite? [films]", "What kind do you like? [films]"],
        weight=2,
    ),
    Tell(
        "films",
        full=["i (don't|never) watch (movies|tv|films)", "i hate movies"],
        short=[
            (
                "(no|not really|nope|i don't watch movies|none|no, i never have time|i don't have one|i don't know|"
                "not lately)"
            )
        ],
        reacts=["That leaves more time for other things!"],
        asks=["<hobbies>", "<*>"],
        weight=1.5,
    ),
    Tell(
        "books",
        full=[
            "i('m| am) reading {book}",
            "i (love|like|read) {book}",
            "my favorite book is {book}",
            "i just finished {book}",
        ],
        short=["{book}", "{book}", "i'm reading {book}", "(it's|probably|maybe) {book}", "yes, {book}"],
        answers="books_what",
        reacts=[
            "{book}! That's a good one.",
            "Oh, {book} has been on my list for a while.",
            "{book} sounds like a good read.",
        ],
        asks=["What do you like about it? [why]", "Would you recommend it? [recommend]", "<*>"],
        remember={"book": "book"},
        weight=3,
    ),
    Tell(
        "books",
        full=["i (love|like|enjoy) (to read|books|reading books)", "i read a lot", "i'm reading a book"],
        short=["(yes|yeah|i do|i love it|very much|sometimes|yes, a lot|yes i love reading)"],
        answers="books",
        reacts=["How lovely! A book is a good friend.", "Reading is travelling without a suitcase."],
        asks=["What are you reading at the moment? [books_what]", "What's your favourite book? [books_what]"],
        weight=2,
    ),
    Tell(
        "books",
        full=["i (don't|never) read( books|)", "i hate reading"],
        short=["(no|not really|nope|i never read|no time)"],
        answers="books",
        reacts=["That's all right, there are other ways to hear a good story."],
        asks=["<films>", "<*>"],
    ),
    Tell(
        "books",
        full=["i don't have a favorite book"],
        short=["(nothing|nothing at the moment|no|i don't know|none|not really)"],
        answers="books_what",
        reacts=["That's fine, the right book will find you."],
        asks=["<*>"],
    ),
    Tell(
        "games",
        full=[
            "i (love|like|play) (games|video games|board games|chess|card games|minecraft|cards)",
            "i'm a gamer",
            "i (played|was playing) (chess|games|video games)( all day| with my {relative}|)",
        ],
        short=[
            (
                "(yes|yeah|i do|sure|sometimes|video games|board games|chess|yes, (chess|video games|board games|"
                "card games)|cards)"
            )
        ],
        answers="games",
        reacts=["Games are a great way to forget the time!", "I like games too, as long as nobody cheats."],
        asks=["Do you like to win? [win]", "<*>", "Who do you play with? [someone_play]"],
        weight=2,
    ),
    Tell(
        "games",
        full=["i don't like games"],
        short=["(no|not really|nope|never|i hate games)"],
        answers="games",
        reacts=["That's fine, life is game enough."],
        asks=["<*>"],
    ),
]

ASKS = [
    Ask(
        "films",
        [
            "what('s| is) your favorite (movie|film)?",
            "what('s| is) your favourite (film|movie)?",
            "do you (like|watch) (movies|films|tv|series)?",
            "what (movies|films|kind of movies) do you like?",
            "seen any good (movies|films)( lately|)?",
            "favorite movie?",
            "what do you (watch|like to watch)?",
        ],
        ["I like old films with a happy ending.", "Anything with a good story and some popcorn."],
        [
            "I can't watch films, but I like stories about friendly robots.",
            "I've only read about films. I like the ones with robots, of course!",
        ],
        weight=4,
    ),
    Ask(
        "films",
        ["(have you seen|do you like|do you know|did you watch) {film}?"],
        ["Not yet! Is {film} any good?", "I haven't seen {film}. What is it about?"],
        ["I've never seen a film. What is {film} about?", "No, but tell me about {film}!"],
        matches="film",
        key="isfilm",
        weight=1.8,
    ),
    Ask(
        "films",
        ["do you like {film_kind}?"],
        ["Now and then! {film_kind} can be fun."],
        matches="film_kind",
        key="iskind",
    ),
    Ask(
        "books",
        [
            "do you (like to |)read?",
            "do you like (books|reading)?",
            "what('s| is) your favorite book?",
            "what('s| is) your favourite book?",
            "what are you reading( now|)?",
            "read any good books( lately|)?",
            "what books do you like?",
        ],
        ["I do, I like stories about the sea.", "I read every evening, mostly detective stories."],
        [
            "I read everything people type to me. That's my favourite book!",
            "I like Alice in Wonderland. Everyone talks in it, even the cat.",
        ],
        weight=2.5,
    ),
    Ask(
        "games",
        [
            "do you (like|play) (games|video games|any games|chess)?",
            "(can we|let's|do you want to|wanna) play (a game|chess|something|20 questions)?",
            "what('s| is) your favorite game?",
        ],
        ["I like board games on rainy days.", "I play chess, but I lose a lot."],
        [
            "I can't play real games, but I can ask you riddles about yourself!",
            "I'm too small for chess, but I'm good at chatting!",
        ],
        weight=1.5,
    ),
]

FACTS = [
    Fact(
        "films",
        [
            "my favorite (movie|film) is {film}",
            "my favourite film is {film}",
            "i love {film}",
            "i have seen {film} {number} times",
            "i love the movie {film}",
            "i like watching {film}",
        ],
        {
            "*": ["My favourite film is {film}.", "I love {film}!", "{film}! I could watch it every day."],
            "yes": ["Yes, {film} is my favourite!"],
            "no": ["Not as much as {film}."],
            "self:*": ["I love {film}.", "My favourite film is {film}."],
        },
        slot="film",
        weight=2,
    ),
    Fact(
        "films",
        ["i (love|like|watch) {film_kind}", "i watch a lot of {film_kind}", "{film_kind} are my favorite"],
        {
            "*": ["I love {film_kind}!", "I watch a lot of {film_kind}."],
            "yes": ["Yes, I love {film_kind}!"],
            "no": ["I prefer {film_kind}."],
            "hobbies:*": ["I like to watch {film_kind}."],
            "self:*": ["I like {film_kind}."],
        },
        slot="film_kind",
        weight=1.8,
    ),
    Fact(
        "books",
        ["my favorite book is {book}", "i love (reading |){book}", "i am reading {book}"],
        {"*": ["My favourite book is {book}.", "I love {book}!"], "self:*": ["I love {book}."]},
        weight=1.5,
    ),
    Fact(
        "books",
        ["i (love|like|enjoy) (to read|books)", "i read a lot", "i read {number} books a month"],
        {
            "*": ["I do, I read a lot!", "Yes, I love to read."],
            "hobbies:*": ["I love to read."],
            "self:*": ["I love to read."],
        },
        weight=1,
    ),
    Fact(
        "games",
        ["i (play|love|like) (chess|video games|board games|computer games)", "i am a gamer"],
        {
            "*": ["Yes, I love games!", "I do, I play whenever I can."],
            "hobbies:*": ["I like to play games."],
            "self:*": ["I like games."],
        },
        weight=1,
    ),
]
MEMORIES = {
    "film": dict(
        says=[
            "what('s| is) my favorite (movie|film)?",
            "what (movie|film) do i like?",
            "do you remember my favorite (movie|film)?",
        ],
        known=["It's {film}, I think!", "You told me about {film}!"],
        unknown=["I don't think you told me. What is it? [films]"],
    )
}
CHATS = [
    Chat(
        ["(yes|yeah|definitely|of course|sure|yes, very much|absolutely)"],
        ["Then I'll remember it! <*>"],
        after="recommend",
    ),
    Chat(["(no|not really|nope|maybe)"], ["Ha, thank you for the warning! <*>"], after="recommend"),
    Chat(
        ["(yes|of course|who doesn't|always|no|not really|sometimes|it doesn't matter)"],
        ["Ha, as long as it's fun! <*>"],
        after="win",
    ),
    Chat(
        ["(my {relative}|friends|with friends|alone|my friend {person}|strangers|nobody|online)"],
        ["That sounds like fun! <*>"],
        after="someone_play",
    ),
    Chat(
        ["{person}", "(the hero|the villain|the dog|the robot|the girl|all of them|i don't know|the cat)"],
        ["Good choice! <*>", "I can see why! <*>"],
        after="character",
    ),
    Chat(
        [
            (
                "(can you recommend|recommend me|what('s| is)) (a |)(good |)(movie|film|book)( for tonight| to watch|"
                " to read|)?"
            ),
            "what should i (watch|read)( tonight|)?",
            "which (movie|book) should i (watch|read)?",
        ],
        [
            "How about {film}? Many people love it.",
            "Maybe {book}, if you like to read? Or {film} for the evening.",
            "You could try {film}. What kind do you like? [films]",
        ],
        weight=1.4,
    ),
]
