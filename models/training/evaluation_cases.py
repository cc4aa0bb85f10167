"""Fixed messages for the evaluation. None of these wordings is in the dialogues' templates."""

# slot of the fact -> (persona lines to try, questions that are answered by it)
PERSONA_QUESTIONS = {
    "person": (
        ["my name is {person}", "i am called {person}", "Everybody calls me {person}."],
        ["hey you, what are you called?", "And your name would be?", "hello! with whom do i have the pleasure?"],
    ),
    "job": (
        ["i am {a:job}", "I work as {a:job}.", "i am {a:job} and proud of it"],
        ["so what do you do all day for money?", "What kind of job have you got?", "do you go to work? what is it?"],
    ),
    "place": (
        ["i live in {place}", "I'm from {place}.", "my house is in {place}"],
        ["whereabouts do you live?", "Which part of the world do you call home?", "so where are you from, my friend?"],
    ),
    "pet": (
        ["i have {a:animal} named {pet}", "My {animal} is called {pet}!", "i share my flat with my {animal} {pet}"],
        ["any animals in your house?", "Have you got a pet at home?", "tell me about your pets please"],
    ),
    "food": (
        ["i love {food}", "My favorite food is {food}.", "i eat {food} all the time"],
        [
            "what's the tastiest thing in the world?",
            "Which meal do you like best?",
            "what do you love to eat the most?",
        ],
    ),
    "hobby": (
        ["i love {hobby}", "My hobby is {hobby}.", "i am always {hobby}"],
        ["how do you fill your free time?", "What do you enjoy doing at the weekend?", "got any hobbies then?"],
    ),
    "artist": (
        ["my favorite band is {artist}", "I listen to {artist} all day."],
        ["who do you like to listen to?", "What's your taste in music?"],
    ),
    "color": (
        ["my favorite color is {color}", "I love the colour {color}."],
        ["what colour do you like the most?", "Do you have a favourite colour?"],
    ),
    "thing": (
        ["i am afraid of {thing}", "I'm really scared of {thing}."],
        ["what frightens you?", "Is there something you are afraid of?"],
    ),
}

# the person tells a thing, something else is said, then asks for it
RECALL = {
    "person": (
        "hi, my name is {person}",
        ["so what was my name again?", "Do you still remember my name?", "whats my name"],
    ),
    "pet": (
        "i have {a:animal} called {pet}",
        ["what is my {animal}'s name?", "do you remember what my {animal} is called?"],
    ),
    "job": ("i work as {a:job}", ["what do i do for a living?", "do you remember my job?"]),
    "place": ("i live in {place}", ["where do i live?", "do you remember where i am from?"]),
}
BETWEEN = [
    ["how are you today?", "I'm doing well, thanks for asking!"],
    [
        "do you like tea?",
        "Tea! At least I like the idea of it. What's your favourite season?",
        "winter i guess",
        "Winter is lovely!",
    ],
]

# message -> any of these in the reply is right
SENSIBLE = [
    ("are you a real person or a computer?", ["chatbot"]),
    ("Am I chatting with a human being?", ["chatbot"]),
    ("i feel really sad today", ["sorry", "oh no"]),
    ("my grandma died last night", ["sorry"]),
    ("i just got promoted!!", ["congrat", "fantastic", "wonderful"]),
    ("im so tired of everything today", ["rest", "sleep", "sorry", "tea"]),
    ("ok thanks for everything", ["welcome", "time", "pleasure", "course"]),
    ("gotta go now, bye!", ["bye", "care", "see you", "nice chatting", "lovely talking", "soon"]),
    ("tell me a funny joke please", ["?"]),
    ("asdkfj alskdjf", ["mean", "understand", "head", "cat"]),
    ("wie geht es dir heute?", ["english"]),
    ("you are so dumb", ["sorry", "all right", "better"]),
    ("what is the capital of Norway?", ["fact", "know", "chatbot"]),
    ("what's 5 + 7?", ["sum", "number"]),
    ("Hello", ["hi", "hello", "hey"]),
    ("good morning!", ["morning"]),
    ("i have a job interview tomorrow", ["luck", "fingers", "breath"]),
    ("i am hungry", ["eat", "meal", "pasta", "food"]),
    ("its raining outside", ["rain", "dry", "tea", "inside"]),
    ("who made you?", ["train"]),
]

# Conversations for the card: (persona, the person's messages)
SHOWN = [
    ([], ["hi", "i'm good, and you?", "i had a long day at work", "i'm a nurse", "what's your name?"]),
    (
        ["I am a pirate from Jamaica", "i have a parrot named Captain Crumbs", "i love coconut rum cake"],
        [
            "Hello, who are you?",
            "what do you do for a living?",
            "where are you from?",
            "do you have any pets?",
            "what do you like to eat?",
            "are you a robot?",
        ],
    ),
    (
        ["my name is Ada", "i am a retired clockmaker", "i live in a lighthouse"],
        [
            "hey there, whats your name",
            "nice to meet you Ada, i'm Tom",
            "tell me about yourself",
            "where do you live?",
            "do you remember my name?",
        ],
    ),
    (
        [],
        [
            "my name is Zerelda and i have a dog named Moxie",
            "she is 3",
            "what is my dog called?",
            "and what's my name?",
        ],
    ),
    ([], ["i feel sad", "my cat died", "thank you"]),
    ([], ["tell me a joke", "lol", "another one", "you're funny"]),
    ([], ["what can you do?", "what do you think about quantum physics?", "i study it", "bye"]),
    ([], ["Good evening! What's your favourite film?", "I like Casablanca", "Because of the ending"]),
    ([], ["what is the meaning of life?", "why?", "ok"]),
]
