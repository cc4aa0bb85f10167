"""Good and bad feelings, and the reasons for them."""

from ..exchange import Chat, Tell

BAD_DAY = "(bad|terrible|awful|horrible|not good|not great|not so good|not well|pretty bad|really bad)"
COMFORT = ["I'm sorry to hear that.", "Oh no, I'm sorry.", "I'm so sorry, that sounds hard."]
WHAT = "(What happened?|Do you want to talk about it?|What's wrong?) [trouble]"

TELLS = [
    Tell(
        "mood",
        full=[
            (
                "i'm (sad|unhappy|depressed|down|upset|heartbroken|miserable|feeling down|feeling low|not ok|not okay|"
                "not doing well)( today| right now|)"
            ),
            "i feel (sad|terrible|awful|bad|down|empty|blue|hopeless)( today|)",
            "i had a " + BAD_DAY + " day",
            "i'm not feeling (good|well|great|happy)",
            "today (was|is) (a terrible day|awful|horrible)",
            "i want to cry",
            "i've been crying",
            "life is hard",
        ],
        short=[
            (
                "(sad|bad|terrible|awful|not good|not great|not so good|not well|horrible|i'm sad|i'm not ok|"
                "not very well|depressed|down|pretty bad|it's been a bad day|my day was terrible|i've been crying)"
            )
        ],
        reacts=COMFORT,
        asks=[
            WHAT,
            WHAT,
            "Do you have someone you can talk to? [someone]",
            "Would it help to talk about something nice? [nice]",
        ],
        weight=5,
    ),
    Tell(
        "mood",
        full=[
            "i'm (so |very |really |)(tired|exhausted|sleepy|worn out)( today|)",
            "i (didn't sleep|couldn't sleep|slept badly)( last night|)",
            "i need (sleep|a nap|coffee|a break|a holiday)",
        ],
        short=["(tired|a bit tired|sleepy|exhausted|i'm tired|so tired|tired as always)"],
        reacts=[
            "You should get some rest when you can.",
            "I hope you can sleep well tonight.",
            "Maybe a cup of tea and an early night would help.",
        ],
        asks=["Did you have a long day? [longday]", "What kept you up? [trouble]", "<*>", ""],
        weight=2.5,
    ),
    Tell(
        "mood",
        full=[
            "i'm (so |very |really |)bored",
            "i have nothing to do",
            "this is boring",
            "i'm bored, (talk to me|entertain me|what should i do)",
        ],
        short=["(bored|i'm bored|boring|a bit bored|kind of boring)"],
        reacts=[
            "Then let's do something about it!",
            "Let's find something fun to talk about!",
            "Maybe you could take a walk or draw something silly.",
        ],
        asks=["<*>", "<hobbies>", "Would you like to hear a joke? [joke]"],
        weight=2.2,
    ),
    Tell(
        "mood",
        full=[
            "i'm (so |very |really |)(stressed|overwhelmed|anxious|nervous|worried|scared|afraid)( today| right now|)",
            "i have (anxiety|so much stress|a lot on my mind)",
            "i'm under (a lot of |)(pressure|stress)",
        ],
        short=["(stressed|nervous|anxious|worried|a bit stressed|scared)"],
        reacts=[
            "That sounds hard. Take a deep breath, one thing at a time.",
            "I'm sorry, that's not a nice feeling.",
            "I understand. Be kind to yourself today.",
        ],
        asks=["What are you worried about? [trouble]", "What usually helps you to calm down? [better]", WHAT],
        weight=2.5,
    ),
    Tell(
        "mood",
        full=[
            "i'm (so |very |really |)(angry|mad|furious|annoyed|frustrated|pissed)( today| right now|)",
            "(everything|everyone|my (boss|brother|sister|neighbour|roommate)) (annoys me|is so annoying|makes me mad)",
        ],
        short=["(angry|annoyed|frustrated|mad)"],
        reacts=["That sounds frustrating.", "I can understand that you're angry.", "Let it all out, I'm listening."],
        asks=[WHAT, "What happened? [trouble]"],
        weight=1.6,
    ),
    Tell(
        "mood",
        full=[
            "i'm (sick|ill|not feeling well)",
            "i have (a cold|the flu|a headache|a fever|a sore throat|a toothache|a stomach ache)",
            "my (head|back|tooth|stomach|throat) hurts",
        ],
        short=["(sick|i'm sick|i have a cold|ill|a bit sick|my head hurts)"],
        reacts=[
            "Oh no, I hope you feel better soon!",
            "Get well soon! Rest and drink plenty of water.",
            "I'm sorry, being ill is no fun.",
        ],
        asks=["", "Is someone looking after you? [someone]", "Have you seen a doctor? [doctor]"],
        weight=2,
    ),
    Tell(
        "mood",
        full=[
            "i'm (so |very |really |)(lonely|alone)",
            "i feel (so |)(lonely|alone)",
            "i have no (friends|one to talk to)",
            "nobody (likes|loves|understands) me",
            "i miss my (friends|family|mom|dad|{relative}|ex|home)",
        ],
        short=["(lonely|a bit lonely|i'm lonely)"],
        reacts=[
            "I'm sorry you feel that way. I'm glad you're talking to me.",
            "That's a heavy feeling. I'm here to listen.",
            "I'm sorry. You matter more than you think.",
        ],
        asks=["Is there someone you could call? [someone]", WHAT, "<hobbies>"],
        weight=2.2,
    ),
    Tell(
        "mood",
        full=[
            "i'm (so |very |really |)(happy|excited|proud|grateful|in love|thrilled|over the moon)( today| right now|)",
            "i'm in (a great mood|love)",
            "today (was|is) (the best day|a great day|wonderful)",
            "i had (a great|a wonderful|an amazing|such a good) day",
            "i have good news",
            "something (great|wonderful|amazing) happened",
        ],
        short=["(excited|super happy|i'm in love|the best day ever|i'm so happy)"],
        reacts=["That's wonderful!", "How lovely, I'm happy for you!", "Hooray! That makes me smile."],
        asks=["What happened? [goodnews]", "What's the good news? [goodnews]", "Tell me more! [goodnews]"],
        weight=3,
    ),
    Tell(
        "mood",
        full=[
            (
                "my (dog|cat|grandmother|grandfather|friend|{relative}|rabbit|bird|hamster) (died|"
                "passed away)( yesterday| last week| last night|)"
            ),
            "i lost my (dog|cat|{relative}|best friend)",
            "someone i love died",
        ],
        short=["my (dog|cat|{relative}|friend) (died|passed away)", "(someone died|my dog died)"],
        answers="trouble",
        reacts=["I'm so sorry for your loss.", "Oh no, I'm so sorry. That must hurt a lot."],
        asks=[
            "Would you like to tell me about them? [lost]",
            "What do you remember most? [lost]",
            "I'm here if you want to talk.",
        ],
        weight=2.2,
    ),
    Tell(
        "mood",
        full=[
            "(my (girlfriend|boyfriend|husband|wife|partner)|she|he) (left me|broke up with me|dumped me|cheated on me)",
            (
                "i (broke up with|had a fight with|argued with) my (girlfriend|boyfriend|husband|wife|partner|"
                "best friend|{relative})"
            ),
            "i'm getting divorced",
            "we broke up",
        ],
        short=["(we broke up|my (girlfriend|boyfriend|wife|husband) left me|i had a fight with my {relative})"],
        answers="trouble",
        reacts=[
            "I'm sorry, that must hurt.",
            "Oh, that's really hard. I'm sorry.",
            "Matters of the heart are never easy.",
        ],
        asks=[
            "How are you holding up? [mood]",
            "Do you have a friend who can be with you? [someone]",
            "Do you want to talk about it? [trouble]",
        ],
        weight=2,
    ),
    Tell(
        "mood",
        full=[
            (
                "i (failed my (exam|test|driving test)|lost my (wallet|phone|keys)|missed my (bus|train|flight)|"
                "crashed my car|broke my (leg|arm|phone)|spilled coffee on my (shirt|laptop)|burned my dinner|got lost|"
                "hurt my back)( today|)"
            ),
            "my (car|computer|phone|bike|washing machine) (broke down|is broken|was stolen|doesn't work)",
        ],
        short=[
            (
                "(i failed my exam|i lost my (keys|wallet|phone)|my car broke down|i missed my train|my (boss|"
                "teacher) (yelled at me|is angry with me)|too much work|work|money|money problems|my health|everything|"
                "i have too much to do|people at work|school)"
            )
        ],
        answers="trouble",
        reacts=[
            "Oh no, that's bad luck!",
            "That's so annoying, I'm sorry.",
            "Oh dear! I hope it gets sorted out soon.",
        ],
        asks=[
            "",
            "What will you do now? [better]",
            "Can someone help you with it? [someone]",
            "I hope tomorrow is a better day.",
        ],
        weight=3,
    ),
    Tell(
        "mood",
        full=[
            (
                "i (won|won a prize|got married|got engaged|bought a house|had a baby|am getting married|got a puppy|"
                "am having a baby)( today| last week| yesterday|)"
            ),
            "we're (getting married|having a baby|expecting a baby|moving in together)",
            "(it's|it is|today is) my birthday( today|)",
            "my (daughter|son|sister|brother) (got married|had a baby|won a prize)",
        ],
        short=[
            (
                "(it's my birthday|i got engaged|i won a prize|i passed my exam|i got the job|i met someone|"
                "i'm going on holiday|the weekend|i saw my (friends|family)|i got a present|i finished my (work|project)|"
                "the sun is shining|i had a good (lunch|breakfast|walk)|i slept well)"
            )
        ],
        answers="goodnews",
        reacts=["Congratulations, that's wonderful!", "How exciting! Congratulations!", "That's fantastic news!"],
        asks=["How will you celebrate? [celebrate]", "You must be so happy!", "<*>", ""],
        weight=3,
    ),
]

CHATS = [
    Chat(
        [
            (
                "(nothing|nothing really|nothing special|i don't know|no reason|just because|not sure|i'd rather not say|"
                "i don't want to talk about it|it's private|never mind|no)"
            )
        ],
        [
            "That's all right. I'm here if you change your mind. <*>",
            "Fair enough! Let's talk about something else. <*>",
            "No problem. Shall we talk about something nicer? <*>",
        ],
        after="trouble",
        weight=3,
    ),
    Chat(
        ["(yes|yeah|ok|sure|yes please|maybe)"],
        ["I'm listening. Tell me all about it.", "Take your time. What happened? [trouble]"],
        after="trouble",
        weight=1.3,
    ),
    Chat(
        [
            (
                "(my|the) (neighbours|children|parents|teachers|colleagues|friends|kids) (are so loud|"
                "don't understand me|are angry with me|never listen)"
            ),
            "(it's|because of) (my {relative}|the {thing}|the weather|the news)",
            "i'm worried about (my {relative}|money|work|the future|my health|my exam|the {thing})",
        ],
        [
            "That sounds hard. I hope it gets better soon. <hobbies>",
            "I understand. That would worry me too. What could help a little? [better]",
            "I'm sorry. Thank you for telling me.",
        ],
        after="trouble",
        weight=2.5,
    ),
    Chat(
        ["(nothing|nothing special|i don't know|no reason|just because|everything|life|just a good day|the coffee)"],
        ["Sometimes that's the best kind of day! <*>", "Then enjoy it while it lasts! <*>"],
        after="goodnews",
        weight=2,
    ),
    Chat(
        [
            (
                "(i'm going to {place}|i met {person}|i finally finished my {thing}|my team won|i got a new {animal}|"
                "i found my {thing}|i ate {food}|i had {food} for lunch|i spent the day {hobby})"
            )
        ],
        [
            "That's great! I'm happy for you. <*>",
            "How nice! That would make my day too. <*>",
            "Wonderful! You must be very happy. <*>",
        ],
        after="goodnews",
        weight=2.5,
    ),
    Chat(
        [
            (
                "(sleep|a hug|chocolate|music|a walk|some rest|a holiday|money|nothing|i don't know|a cup of tea|coffee|"
                "beer|{food}|{hobby}|friends|going home|a good meal|weekend|the weekend|my {relative})"
            )
        ],
        [
            "That sounds like a good idea! I hope you get some of it today. <*>",
            "I hope you can have that soon. <*>",
            "Then treat yourself a little today. <*>",
        ],
        after="better",
        weight=2.5,
    ),
    Chat(
        [
            (
                "(yes|yeah|yes, i do|i have friends|my {relative}|a friend|i think so|my friend {person}|"
                "yes, my {relative})"
            )
        ],
        ["I'm glad. It helps not to be alone with it.", "Good, maybe you could give them a call today. <*>"],
        after="someone",
        weight=2,
    ),
    Chat(
        ["(no|not really|nope|nobody|no one|i'm alone)"],
        [
            (
                "I'm sorry. I'm only a small chatbot, but I'm happy to listen. What would make today a little better? "
                "[better]"
            ),
            "Then I'm glad you came to talk. A kind doctor or a helpline can listen too, whenever it gets too heavy.",
        ],
        after="someone",
        weight=2,
    ),
    Chat(
        ["(yes|yeah|yes please|ok|sure|please|yes, let's)"],
        [
            "All right, something nice then! What is the best thing you ate this week? [food]",
            "Good. Tell me, what makes you smile? [better]",
            "Let's! <hobbies>",
        ],
        after="nice",
    ),
    Chat(
        ["(no|not really|nope|no thanks)"],
        ["That's all right. I'm here to listen if you want.", "I understand. Take all the time you need."],
        after="nice",
    ),
    Chat(
        ["(yes|yeah|yes, very long|too long|it was|always|very)"],
        ["Then put your feet up, you have earned it. <food>", "I hope you get a quiet evening now. <*>"],
        after="longday",
    ),
    Chat(
        ["(no|not really|nope|just didn't sleep)"],
        ["Some days are just like that. <*>", "Maybe a short walk would wake you up. <*>"],
        after="longday",
    ),
    Chat(
        ["(yes|yeah|i did|yesterday|no|not yet|nope|i don't like doctors)"],
        [
            "I hope you feel better very soon. Take it easy today.",
            "All right. Look after yourself and get plenty of rest.",
        ],
        after="doctor",
    ),
    Chat(
        [
            (
                "(she|he|they) (was|were) (so sweet|my best friend|always there|very kind|very funny|the best|"
                "old but happy)"
            ),
            "(everything|the laugh|the walks|the good times|we had so much fun|i miss (him|her|them))",
        ],
        [
            "It sounds like they meant a lot to you. I'm sure you meant a lot to them too.",
            "That's a beautiful memory to keep.",
        ],
        after="lost",
    ),
    Chat(
        [
            "i (want to die|want to kill myself|want to hurt myself|don't want to live anymore|hate my life)",
            "i'm thinking about suicide",
            "life is not worth living",
        ],
        [
            (
                "I'm so sorry you feel this way. Please talk to someone close to you, or call a helpline or emergency "
                "number. You matter."
            ),
            (
                "I'm really sorry. I'm only a chatbot, but a helpline or a doctor can help. Please reach out to someone "
                "now."
            ),
        ],
        weight=1.2,
    ),
]
