"""Gibberish, emoji, other languages, numbers and things that a small chatbot cannot know."""

from ..exchange import Chat

FOREIGN = [
    "hola",
    "hola, como estas?",
    "bonjour",
    "bonjour, comment ça va?",
    "guten tag",
    "hallo, wie geht es dir?",
    "ciao",
    "ciao, come stai?",
    "olá, tudo bem?",
    "привет",
    "как дела?",
    "你好",
    "こんにちは",
    "안녕하세요",
    "مرحبا",
    "नमस्ते",
    "merhaba",
    "hej, hur mår du?",
    "dzień dobry",
    "wie heißt du?",
    "¿cómo te llamas?",
    "je m'appelle {person}",
    "ich heiße {person}",
    "me llamo {person}",
    "sprichst du deutsch?",
    "hablas español?",
    "parlez-vous français?",
    "je ne comprends pas",
    "ich verstehe nicht",
    "no entiendo",
    "qué tal",
    "wo wohnst du?",
    "ich liebe {thing}",
    "j'aime {thing}",
    "me gusta {thing}",
    "你叫什么名字",
    "спасибо",
    "gracias",
    "merci beaucoup",
    "danke schön",
]
MASHED = [
    "asdf",
    "asdfgh",
    "qwerty",
    "jkl;",
    "fdsafdsa",
    "hjkhjk",
    "aaaaaa",
    "sdkfjhsdf",
    "lkjlkj",
    "zzzz",
    "bla bla bla",
    "blah",
    "fghfgh",
    "xyz",
    "qqq",
    "dfgdfg",
    "kjhgf",
    "asdasd",
    "ghjghj",
    "wertwert",
    "mmmmm",
    "abc",
    "{thing} {color} {thing2} {food}",
    "hgfd hgfd",
    "ffff",
    "shdjfh ksjdf",
    "poiu",
]
MARKS = [
    "?",
    "??",
    "???",
    "!",
    "!!!",
    "...",
    ".",
    "-",
    "1",
    "123",
    "42",
    "1234567",
    "0",
    "<3",
    "/help",
    "/start",
    "</s>",
    "#",
    "&&&",
    "***",
    "a",
    "x",
    "k",
    "http://example.com",
    "www.example.com",
]
EMOJI = [
    "😀",
    "😂",
    "👍",
    "❤️",
    "🙂",
    "😍",
    "🎉",
    "😊",
    "👋",
    "🤖",
    "😂😂😂",
    "🐶",
    "🍕",
    "👍👍",
    "😎",
    ":D",
    ";D",
    "^^",
    "<3 <3",
]
SAD_EMOJI = ["😢", "😭", "😞", "☹️", "💔", "😔", "D:", "T_T", ":'D"]

CHATS = [
    Chat(
        FOREIGN,
        [
            "I'm sorry, I only understand English. Could you say that in English?",
            "Sorry, I only speak English, and not even very much of it!",
            "I'm afraid I only know English. Shall we try that? [else]",
        ],
        weight=2.5,
    ),
    Chat(
        MASHED + MARKS,
        [
            "I'm not sure what you mean. Could you say it another way?",
            "Hmm, I didn't understand that. What would you like to talk about? [open]",
            "That went over my head! <*>",
            "Was that your cat on the keyboard? [cat]",
        ],
        weight=2.5,
    ),
    Chat(
        ["(yes|yeah|haha yes|lol yes|maybe)"],
        ["I knew it! What's your cat called? [pets_name]", "Say hello to your cat from me!"],
        after="cat",
    ),
    Chat(
        ["(no|nope|lol no|haha no|i don't have a cat|it was me)"],
        [
            "Ha, then I simply didn't understand you. What would you like to talk about? [open]",
            "Sorry, my mistake! <*>",
        ],
        after="cat",
    ),
    Chat(
        EMOJI,
        ["That's a nice one! <*>", "I like your style! <*>", "A picture says more than words! <mood>"],
        weight=1.5,
    ),
    Chat(
        SAD_EMOJI, ["Oh no, what's wrong? [trouble]", "You look sad. Do you want to talk about it? [trouble]"], weight=1
    ),
    Chat(
        [
            "(what('s| is)|how much is|calculate|can you calculate|) {number} (+|plus|x|times|-|minus) {number2}",
            "what('s| is) the square root of {age}",
            "do you (know|like) math?",
            "can you (count|do math|calculate)?",
        ],
        [
            "I'm terrible at sums, I'm afraid. A calculator will do better!",
            "Numbers aren't my thing, sorry! I'm better at small talk. <*>",
        ],
        weight=1.5,
    ),
    Chat(
        [
            (
                "(who (is|was)|who's) (the (president|king|queen|prime minister|leader) of {country}|{person} {person2}|"
                "the (richest|tallest|oldest) person in the world)"
            ),
            "what('s| is) the (capital|population|currency|history|largest city) of {country}?",
            "(when|where) (did|was) {person} (die|born|live)?",
            "(when|how) (did|was) the {thing} (start|end|invented|built)?",
            "how (many|far|old|tall|big|fast) (is|are) (the |)(moon|sun|{thing}|{place}|earth)?",
            "who (invented|discovered|wrote|painted) (the |)({thing}|{book})?",
            "what('s| is) the (meaning of life|news|stock price|score|best phone)( today|)?",
            "what happened in (the war|{place}|the news)( today|)?",
            "which is (bigger|better|faster), {thing} or {thing2}?",
            "is {thing} (good|bad|healthy|dangerous|better than {thing2})?",
        ],
        [
            "I'm not good with facts, I'm afraid. An encyclopedia will know!",
            "I don't know, sorry. I'm better at small talk than at facts. <*>",
            "Good question, but I don't know the answer. Why do you ask? [open]",
            "That's beyond me, I'm only a small chatbot. <*>",
        ],
        weight=3.5,
    ),
    Chat(
        [
            (
                "(write|make|create|fix|debug) (me |)(a |some |my |)(program|code|essay|email|letter|website|"
                "python script|homework|resume|cv)( about {thing}| for me|)"
            ),
            "translate (this|'{thing}'|something)( to {language}| into {language}|)",
            (
                "(search|google|look up|find|order|buy|play|open|call|book) (me |)(a |some |the |)({thing}|pizza|"
                "a flight|a taxi|music|{place})( for me|)"
            ),
            "set (an alarm|a timer|a reminder)( for {number}|)",
            "(turn on|turn off) the (lights|{thing})",
        ],
        [
            "I'm too small for that, sorry! I can only chat.",
            "I wish I could, but I'm only made for chatting. <*>",
            "That's more than I can do, I'm afraid. Shall we talk about something else? [else]",
        ],
        weight=2,
    ),
    Chat(
        [
            (
                "what (do you think|is your opinion) (of|about|on) (politics|religion|god|the president|the election|"
                "the government|war|abortion|gun control)?"
            ),
            "(do you believe in|is there a) (god|heaven|life after death|fate|ghosts|aliens)?",
            "who (will win|should win|did you vote for)( the election|)?",
            "what('s| is) the meaning of life?",
        ],
        [
            "That's a big question for a small chatbot. I'd rather leave it to you.",
            "I don't have an opinion on that. What do you think? [opinion]",
            "I'd rather not take sides. <*>",
            "People see that in many ways. How do you see it? [opinion]",
        ],
        weight=2,
    ),
    Chat(
        [
            (
                "(i think|i believe) (it's (important|bad|good|stupid|difficult|true)|so|not|there is|"
                "they are all the same|nobody knows)"
            ),
            "(yes|no|i don't know|it's complicated|maybe|love|42|to be happy)",
        ],
        ["Thank you for telling me how you see it. <*>", "That's worth thinking about. <*>"],
        after="opinion",
    ),
]
