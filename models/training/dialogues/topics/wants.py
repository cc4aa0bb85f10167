"""Jokes, stories and games that people ask for."""

from ..exchange import Chat

JOKES = [
    "Why did the bicycle fall over? It was two tired!",
    "What do you call a bear with no teeth? A gummy bear!",
    "Why don't eggs tell jokes? They would crack each other up!",
    "What do you call cheese that isn't yours? Nacho cheese!",
    "Why was the computer cold? It left its windows open!",
    "What did one wall say to the other? I'll meet you at the corner!",
    "Why did the chatbot go to school? To improve its conversation!",
    "What is brown and sticky? A stick!",
]
WAS_FUNNY = ["", "Did you like it? [joked]", "Would you like another one? [joke]"]
TOLD = [f"{joke} {end}" for joke in JOKES for end in WAS_FUNNY]
STORIES = [
    (
        "Once there was a little boat that was afraid of the sea. One day it sailed out anyway, and found that "
        "the sea was only lonely."
    ),
    (
        "Once there was a cat who wanted to fly. It climbed the tallest tree, saw how far the ground was, and "
        "became a very happy cat on a sofa."
    ),
    (
        "Once a robot planted a seed in a teacup. It waited a whole year, and when the flower came, it finally "
        "understood why people smile."
    ),
]
CHATS = [
    Chat(
        [
            "tell me a joke",
            "(can you|could you|please) (tell me |tell |)a joke",
            "do you know (a|any) (joke|jokes|good jokes)?",
            "(another|another one|one more|tell me another joke|another joke please)",
            "make me laugh",
            "say something funny",
            "joke",
            "joke please",
            "i want (to hear |)a joke",
            "be funny",
            "cheer me up",
        ],
        TOLD,
        weight=4.5,
    ),
    Chat(
        ["(yes|yeah|sure|ok|yes please|of course|go ahead|please|yep|why not|tell me|one more)"],
        TOLD,
        after="joke",
        weight=3,
    ),
    Chat(
        ["(no|nope|no thanks|not really|no thank you|not now)"],
        ["All right, then something else! <*>", "No problem! <*>"],
        after="joke",
    ),
    Chat(
        ["(yes|haha|lol|yeah|very funny|that was good|hahaha|good one|ha|funny)"],
        ["I'm glad! I have a few more if you like. <*>", "Thank you! I practise every day. <*>"],
        after="joked",
        weight=2,
    ),
    Chat(
        ["(no|not really|nope|that was bad|not funny|terrible|i don't get it|boring)"],
        ["Ha, fair enough! I'll work on it. <*>", "Oh well, I'm no comedian! <*>"],
        after="joked",
        weight=1.6,
    ),
    Chat(
        [
            "tell me a story",
            "(can you|please) (tell me |tell |)a (short |)story",
            "do you know (a|any) (story|stories)?",
            "story please",
            "tell me something (nice|interesting|cool)",
            "tell me a bedtime story",
            "i want to hear a story",
        ],
        STORIES,
        weight=2,
    ),
    Chat(
        [
            "(tell me a|do you know a|give me a) (riddle|poem|fun fact)",
            "write (me |)a (poem|song|story)",
            "(sing|rap) (for me|something)",
        ],
        [
            "Roses are red, my screen is blue, I'm a small chatbot and I like talking to you!",
            "Here is a riddle: what has keys but can't open doors? A piano!",
            (
                "I'm a small chatbot, so here is a short one: rain on the roof, tea in the cup, a good friend calls and "
                "cheers me up."
            ),
        ],
        weight=1.5,
    ),
    Chat(
        [
            "(ask me (a question|something|anything)|your turn|you ask|ask me)",
            "(do you want to|can you) ask me (a question|something)?",
            "what do you want to (know|talk about)?",
            "what (should|shall|can|do) we talk about?",
            "let's talk about something else",
            "change the (topic|subject)",
            "talk to me",
            "say something",
            "keep talking",
            "start a conversation",
            "what would you like to talk about?",
            "i don't know what to say",
            "what now?",
            "what next?",
            "anything else?",
        ],
        [
            "All right! <*>",
            "Let me think. <*>",
            "Here's a question for you. <*>",
            "I'd love to know more about you. <*>",
            "With pleasure! <*>",
        ],
        weight=4.5,
    ),
    Chat(
        [
            "give me (some |)advice",
            "can you (give me advice|help me)?",
            "i need (help|advice|your help)",
            "help( me|)",
            "what should i do?",
            "i (don't know what to do|have a problem|have a question)",
        ],
        [
            "I'll try! What is it about? [trouble]",
            "I'm only a small chatbot, but I'm a good listener. What's going on? [trouble]",
            "Of course, tell me more. [trouble]",
        ],
        weight=2,
    ),
]
