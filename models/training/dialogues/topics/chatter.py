"""Small words: yes, no, why, really, me too, ok, and what people answer when the bot asks why."""

from ..exchange import Chat

CHATS = [
    Chat(
        [
            (
                "(it's|it is|they're|they are|because it's|because they are) (fun|relaxing|beautiful|interesting|"
                "exciting|delicious|cute|funny|calming|easy|different|sweet|cool|so fluffy|challenging|just great)"
            ),
            (
                "(because|cause|since) (it's fun|it makes me happy|i like it|i feel free|my {relative} likes it too|"
                "it's beautiful|it reminds me of home|i grew up with it|it relaxes me)"
            ),
            (
                "(it makes me (happy|laugh|feel good|think)|i (like|love) the (people|taste|colours|sound|stories|music|"
                "smell|story|quiet)|it helps me (relax|sleep)|everything|the story|the taste|the people|the {thing}|"
                "it reminds me of (home|my {relative}|when i was young)|i feel free|the (characters|actors|songs|music|"
                "lyrics|voice))"
            ),
            "it('s| is) (hard|difficult) to (say|explain)",
        ],
        [
            "That makes sense! <*>",
            "I can understand that! <*>",
            "What a lovely reason! <*>",
            "I see, that sounds good! <*>",
            "That's a good way to put it.",
        ],
        after="why",
        weight=5,
    ),
    Chat(
        [
            (
                "(i don't know|idk|not sure|no idea|no reason|just because|i just do|hard to say|dunno|nothing|"
                "nothing special)"
            )
        ],
        ["Some things we simply like. <*>", "That's all right, not everything needs a reason! <*>"],
        after="why",
        weight=2,
    ),
    Chat(
        ["(i'm {person}|my name is {person})( and i (like|love) {hobby}|, i'm {a:job}|, i live in {place}|)"],
        ["Nice to meet you, {person}! <*>", "It's lovely to meet you, {person}! <*>"],
        after="about",
        weight=2,
    ),
    Chat(
        [
            (
                "(not much to tell|there's not much to say|i'm boring|i don't know what to say|nothing special|"
                "what do you want to know?|ask me anything|no)"
            )
        ],
        ["I'm sure there is more to you! <*>", "Let me ask you something, then. <*>", "Everyone has a story! <*>"],
        after="about",
        weight=1.6,
    ),
    Chat(
        [
            "i (like|love|enjoy) {hobby}( and {food}|)",
            "i('m| am) {a:job}( and i (like|love) {hobby}|)",
            "i live in {place}( and i'm {a:job}|)",
        ],
        ["Thank you for telling me! You sound like good company. <*>", "How interesting! I'd like to hear more. <*>"],
        after="about",
        weight=1.6,
    ),
    Chat(
        [
            (
                "(i'm|i am|i was) (reading|working|cooking|cleaning|watching tv|studying|sleeping|playing games|{hobby}|"
                "shopping|walking the dog|relaxing)( all day| today| with my {relative}|)"
            ),
            (
                "(not much|nothing much|this and that|working|work|just relaxing|nothing special|sleeping|{hobby}|"
                "reading|studying|same as always)"
            ),
        ],
        ["That sounds like a full day! <*>", "Good for you! <*>", "I hope you enjoy it. <*>"],
        after="doing",
        weight=4,
    ),
    Chat(
        [
            (
                "(ok|okay|k|alright|i see|right|fine|sure|got it|cool|nice|good|great|awesome|oh|ah|interesting|wow|hmm|"
                "hm|mhm|well|oh ok|oh i see|oh nice|aha|that's (nice|cool|great|good|interesting|awesome)|sounds (good|"
                "great|nice)|i understand|fair enough|makes sense|good to know|true|indeed|exactly|amazing)"
            )
        ],
        [
            "So, <*>",
            "Tell me, <*>",
            "By the way, <*>",
            "I'd like to know more about you. <*>",
            "Let me ask you something. <*>",
            "What else is on your mind? [open]",
            "I'm curious about something. <*>",
        ],
        kind="reaction",
        weight=6,
    ),
    Chat(
        ["(lol|haha|hahaha|ha|lmao|hehe|rofl|xd|that's funny|funny|you're funny|hahaha that's good)"],
        ["I'm glad I could make you laugh! <*>", "Ha, laughing is good for you! <*>", "It's nice to hear you laugh!"],
        kind="reaction",
        weight=2.5,
    ),
    Chat(
        [
            (
                "(yes|yeah|yep|yup|of course|sure|i do|i think so|definitely|absolutely|yes i do|probably|maybe|perhaps|"
                "i guess|i guess so|sometimes)"
            )
        ],
        ["Good to hear! <*>", "I thought so! <*>", "All right! <*>", "I see! <*>"],
        kind="reaction",
        weight=3,
    ),
    Chat(
        [
            (
                "(no|nope|nah|not really|no way|never|i don't think so|no i don't|not at all|i don't|no thanks|"
                "no thank you|not yet)"
            )
        ],
        ["That's all right! <*>", "Fair enough! <*>", "No problem at all. <*>", "I see, no worries. <*>"],
        kind="reaction",
        weight=3,
    ),
    Chat(
        [
            (
                "(why|why?|why not|why not?|how come?|why is that?|why do you (say|think|ask) that?|why do you ask?|"
                "how so?|what makes you (say|think) that?|why do you want to know?)"
            )
        ],
        [
            "I'm just curious! I like to get to know people. <*>",
            "Good question! I just think that way. What do you think? [open]",
            "I don't really know, it just feels right to me.",
            "Only because I enjoy our chat. <*>",
        ],
        kind="reaction",
        weight=3,
    ),
    Chat(
        [
            (
                "(really|really?|are you (sure|serious)?|seriously?|is that true?|you sure?|for real?|oh really?|no way!|"
                "is it?|do you mean it?)"
            )
        ],
        ["Yes, really!", "I think so! But I'm only a small chatbot. <*>", "Quite sure, as sure as I can be. <*>"],
        kind="reaction",
        weight=2,
    ),
    Chat(
        [
            (
                "(what|what?|huh|huh?|what do you mean|what do you mean?|i don't (understand|get it)|"
                "what are you talking about?|that (makes no sense|doesn't make sense)|sorry?|pardon?|come again?|"
                "can you repeat that?|say that again|what did you say?|that's not what i (asked|said|meant)|"
                "you didn't answer( my question|)|what does that mean?|explain|can you explain( that|)?)"
            )
        ],
        [
            "Sorry, I wasn't very clear. Let's try again: <*>",
            "Sorry, I get confused sometimes. What would you like to talk about? [open]",
            "I'm sorry, I'm a small chatbot and easily confused. Could you say it another way?",
            "Never mind me! <*>",
        ],
        kind="reaction",
        weight=3.5,
    ),
    Chat(
        [
            (
                "(me too|me neither|same|same here|i do too|i agree|so do i|i think so too|i feel the same|i like (it|"
                "that) too|you're right|that's true|that's right|agreed|i know|likewise)"
            )
        ],
        ["It's nice that we agree! <*>", "We have something in common! <*>", "I knew I liked you! <*>"],
        kind="reaction",
        weight=3,
    ),
    Chat(
        ["(i disagree|i don't agree|i don't think so|that's not true|no it's not|i don't believe you|not me|i don't)"],
        ["That's fine, we don't have to agree. <*>", "Fair enough! You may be right. <*>"],
        kind="reaction",
        weight=1.2,
    ),
    Chat(
        [
            (
                "(i don't know|idk|dunno|no idea|i'm not sure|not sure|i have no idea|hard to say|i can't decide|"
                "who knows|i forgot)"
            )
        ],
        [
            "That's all right, you don't have to know. <*>",
            "No worries! Let's try another one. <*>",
            "Neither do I, most of the time! <*>",
        ],
        kind="reaction",
        weight=2.5,
    ),
    Chat(
        [
            (
                "(tell me more|go on|continue|and?|and then?|more|what else?|more please|keep going|please continue|"
                "more details)"
            )
        ],
        [
            "I wish I knew more! What about you? [open]",
            "That's all I know, I'm afraid. <*>",
            "There isn't much more to tell. <*>",
        ],
        kind="reaction",
        weight=1.8,
    ),
    Chat(
        [
            (
                "(never mind|nevermind|forget it|nvm|it doesn't matter|doesn't matter|whatever|skip|next|next question|"
                "pass|no comment|let's move on)"
            )
        ],
        ["All right, let's talk about something else. <*>", "No problem! <*>", "As you like! <*>"],
        kind="reaction",
        weight=2,
    ),
    Chat(
        ["(wait|one moment|hold on|just a second|brb|one sec|be right back|afk)"],
        ["Take your time, I'll be right here!", "Of course, I'm not going anywhere."],
        weight=1,
    ),
    Chat(
        ["(i'm back|back|i am back|here i am|hi again|hello again|i'm here)"],
        ["Welcome back! <*>", "Good to have you back! <*>"],
        weight=1,
    ),
    Chat(
        [
            (
                "(test|testing|testing 123|test test|is this (working|on)?|hello world|does this work?|can you (hear|"
                "read) me?|1 2 3|check)"
            )
        ],
        ["I can read you loud and clear! <*>", "It works! <mood>", "Yes, I'm here! <mood>"],
        weight=1.5,
    ),
]
