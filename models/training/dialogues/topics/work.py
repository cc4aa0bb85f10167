"""Jobs, school and study."""

from ..exchange import Ask, Chat, Fact, Tell

QUESTIONS = {
    "work": [
        "What do you do for a living?",
        "What do you do for work?",
        "What kind of work do you do?",
        "What do you do?",
    ]
}
LIKE = "Do you (like|enjoy) it? [worklike]"

TELLS = [
    Tell(
        "work",
        full=[
            "i'm {a:job}",
            "i am {a:job}",
            "i work as {a:job}",
            "i'm {a:job} (by trade|at the moment|in {city}|and i love it)",
            "my job is being {a:job}",
            "i've been {a:job} for {number} years",
            "i just (became|started as) {a:job}",
            "i (got|have) a (new |)job as {a:job}",
            "i earn my living as {a:job}",
            "i used to be {a:job}",
        ],
        short=[
            "i'm {a:job}",
            "i am {a:job}",
            "{job}",
            "{a:job}",
            "i work as {a:job}",
            "(well|oh|um),? i'm {a:job}",
            "i'm {a:job} in {city}",
        ],
        reacts=[
            "Being {a:job} sounds interesting!",
            "Oh, {a:job}! That must be exciting.",
            "{a:job}? That sounds like (a lot of work|fun)!",
            "I think being {a:job} would be fascinating.",
            "How nice, {a:job}!",
        ],
        asks=[
            LIKE,
            LIKE,
            "How long have you been doing that? [worklong]",
            "What do you like most about it? [worklikemost]",
            "What is a normal day like? [workday]",
            "<*>",
        ],
        remember={"job": "job"},
        weight=8,
    ),
    Tell(
        "work",
        full=[
            "i'm a student",
            "i study {subject}",
            "i'm studying {subject}( in {city}|)",
            "i'm (still |)in (school|college)",
            "i go to (school|university)",
            "i'm a {subject} student",
        ],
        short=[
            "i study {subject}",
            "{subject} student",
            "i'm (still |)(in school|a student)",
            "i go to school",
            "nothing, i'm a student",
        ],
        reacts=["Studying is hard work too!", "I hope you have good teachers.", "Learning new things is wonderful."],
        asks=[
            "What is your favourite subject? [subject]",
            "What would you like to do later? [later]",
            "Do you enjoy it? [worklike]",
        ],
        remember={"study": "subject"},
        weight=2.2,
    ),
    Tell(
        "work",
        full=[
            "i (lost my job|got fired|was laid off|am unemployed|don't have a job|can't find a job)",
            "i'm (out of work|unemployed|looking for a job|between jobs)",
        ],
        short=[
            (
                "(i'm unemployed|i don't work|i don't have a job|nothing|nothing at the moment|i'm looking for work|"
                "unemployed|i lost my job)"
            )
        ],
        reacts=["I'm sorry, that can be hard.", "That must be stressful. I hope something good turns up soon."],
        asks=["What kind of work would you like to do? [later]", "What would be your dream job? [later]", "<hobbies>"],
        weight=1.6,
    ),
    Tell(
        "work",
        full=["i'm retired", "i (just |)retired( last year|)"],
        short=["(i'm retired|retired|i'm a pensioner|i don't work anymore, i'm retired)"],
        reacts=["Enjoy it, you have earned it!", "How lovely to have all that time!"],
        asks=["<hobbies>", "What did you do before? [workbefore]"],
    ),
    Tell(
        "work",
        full=["i stay at home with (the|my) kids", "i'm a (stay at home mom|stay at home dad|full time parent)"],
        short=["i look after (my|the) kids", "i'm a (stay at home mom|stay at home dad)"],
        reacts=["That may be the hardest job of all!", "Your kids are lucky to have you around."],
        asks=["How many children do you have? [family_kids]", "<*>"],
    ),
    Tell(
        "work",
        full=[
            "i (hate|don't like|can't stand) my (job|boss|work)",
            "my (boss|job) is (terrible|awful|so annoying|driving me crazy)",
            "work (is|was) (terrible|so stressful|exhausting|boring)( today|)",
            "i had a (bad|long|hard|stressful) day at work",
        ],
        short=[
            "(it's|it is) (boring|terrible|stressful|exhausting|not great)",
            "(no|not really|nope|i hate it|not at all|no, it's boring|no, the pay is bad)",
        ],
        answers="worklike",
        reacts=["I'm sorry to hear that.", "That sounds tiring.", "Oh dear, a bad job can spoil the whole week."],
        asks=[
            "What would you rather do? [later]",
            "What makes it so hard? [trouble]",
            "What do you do to relax? [hobbies]",
        ],
        weight=2,
    ),
    Tell(
        "work",
        full=["i (love|like|enjoy) my (job|work)", "work is going (well|great)", "i had a good day at work"],
        short=[
            (
                "(yes|yeah|yep|i do|i love it|very much|yes, i love it|yes i do|sure|of course|most of the time|"
                "sometimes|mostly|it's ok|it pays the bills|yes, a lot)"
            )
        ],
        answers="worklike",
        reacts=[
            "That's wonderful, not everyone can say that.",
            "I'm glad! It makes every day easier.",
            "That's good to hear!",
        ],
        asks=["What do you like most about it? [worklikemost]", "<*>", "<*>"],
        weight=2.5,
    ),
    Tell(
        "work",
        full=[
            "i got (a new job|promoted|the job|a raise|a promotion)",
            "i (start|started) a new job (today|on monday|this week)",
            "i passed my (exam|exams|test)",
            "i graduated( today|)",
        ],
        reacts=[
            "Congratulations! That's wonderful news!",
            "Congratulations! You must be so proud!",
            "That's fantastic, well done!",
        ],
        asks=["How will you celebrate? [celebrate]", "<*>", "How do you feel about it? [goodnews]"],
        weight=2,
    ),
    Tell(
        "work",
        full=[
            "i have (an exam|a job interview|a big meeting|a presentation|a test) (tomorrow|today|next week|on monday)",
            "i'm (nervous|worried) about my (interview|exam|presentation|test)",
        ],
        reacts=[
            "Good luck! I'm sure you'll do well.",
            "I'm crossing my fingers for you!",
            "Take a deep breath, you can do it.",
        ],
        asks=["Do you feel ready? [ready]", "What is it about? [why]", ""],
        weight=1.6,
    ),
    Tell(
        "work",
        full=[
            "i have (so much|a lot of|too much) (work|homework)( to do|)",
            "i'm (busy|working|at work|studying)( right now| today|)",
            "i should be working",
        ],
        reacts=[
            "Don't forget to take a break now and then.",
            "Then I'm glad you found a moment to chat!",
            "One thing at a time, you'll get there.",
        ],
        asks=["<*>", "What are you working on? [why]"],
        weight=1.5,
    ),
]

ASKS = [
    Ask(
        "work",
        [
            "what do you do( for a living| for work|)?",
            "what('s| is) your (job|profession|occupation|work)?",
            "do you (have a job|work)?",
            "where do you work?",
            "what kind of (job|work) do you (have|do)?",
            "what do you work as?",
            "how do you (earn|make) (a living|money|your money)?",
            "what (sort of|) work do you do?",
            "(so |and |)what do you do (all day|every day|in life)?",
            "do you have (a job|work)? what is it?",
            "how do you (pay the bills|pay your rent)?",
            "what did you (learn|train as)?",
            "(what|which) (profession|trade|career) (do you have|did you choose)?",
            "what (job|work) have you (got|done)?",
            "your job?",
            "are you (working|employed)?",
            "tell me about your (job|work)",
            "what (is|'s) your line of work?",
            "do you go to work?",
        ],
        [
            "I don't have a job right now, so I have plenty of time to talk.",
            "I do a bit of this and that.",
            "I'm taking some time off work at the moment.",
        ],
        [
            "I chat with people, that's my whole job!",
            "I'm a chatbot, so talking with you is my work. I like it!",
            "My job is to keep you company.",
        ],
        weight=5,
    ),
    Ask(
        "work",
        ["are you {a:job}?", "do you work as {a:job}?", "so you're {a:job}?"],
        ["No, I'm not {a:job}, but it sounds interesting.", "No, but I'd like to hear what {a:job} does all day."],
        ["No, I'm only a chatbot, but being {a:job} sounds fun.", "No, I'm just a small chatbot."],
        matches="job",
        key="isjob",
        weight=1.2,
    ),
    Ask(
        "work",
        [
            "do you (like|enjoy|love) (your job|your work|it|that|being {a:job})?",
            "is (it|that) (fun|hard|difficult|dangerous|boring)?",
            "what do you like (most |)about (it|your job)?",
            "what's (it|that) like?",
            "is the pay good?",
        ],
        ["I do, most of the time."],
        ["I love it. I meet so many people!"],
        key="like",
        needs_fact=True,
        weight=2,
    ),
]

JOB_ANSWERS = {
    "*": [
        "I'm {a:job}.",
        "I'm {a:job}. It keeps me busy!",
        "I work as {a:job}.",
        "I'm {a:job}, and I like it a lot.",
        "I am {a:job}.",
    ],
    "yes": ["Yes, I'm {a:job}!", "Yes, I am! I like being {a:job}."],
    "no": ["No, I'm {a:job}.", "No, I'm not. I'm {a:job}."],
    "like": [
        "I do! Being {a:job} is never boring.",
        "Yes, most days. Being {a:job} suits me.",
        "It can be hard, but I like being {a:job}.",
    ],
    "self:*": ["I'm {a:job}.", "I work as {a:job}."],
}
BOTH = {
    **JOB_ANSWERS,
    "home:*": ["I'm from {place}.", "I come from {place}."],
    "home:yes": ["Yes, I'm from {place}!"],
    "home:no": ["No, I'm from {place}."],
    "self:*": ["I'm {a:job} from {place}."],
}

FACTS = [
    Fact(
        "work",
        [
            "i am {a:job}",
            "i am {a:job}",
            "i'm {a:job}",
            "i work as {a:job}",
            "i am {a:job} (by profession|by trade)",
            "my job is {job}",
            "i've been {a:job} for {number} years",
            "i make my living as {a:job}",
            "i am a (proud|retired|famous|young|poor|busy) {job}",
        ],
        JOB_ANSWERS,
        slot="job",
        weight=5,
    ),
    Fact(
        "work",
        [
            "i am {a:job} from {place}",
            "i'm {a:job} from {place}",
            "i am {a:job} in {place}",
            "i work as {a:job} in {place}",
        ],
        BOTH,
        slot="job",
        weight=3.5,
    ),
    Fact(
        "work",
        [
            "i study {subject}",
            "i am studying {subject}",
            "i'm a student of {subject}",
            "i go to university and study {subject}",
        ],
        {
            "*": ["I'm a student. I study {subject}.", "I study {subject}."],
            "like": ["I do! {subject} is fascinating."],
            "self:*": ["I study {subject}."],
        },
        weight=1.3,
    ),
]

MEMORIES = {
    "job": dict(
        says=[
            "what('s| is) my job?",
            "what do i do( for a living|)?",
            "do you remember (my job|what i do|what my job is)?",
            "what did i say (i do|my job was)?",
            "where do i work?",
        ],
        known=["You told me that you're {a:job}!", "You're {a:job}!", "You said you are {a:job}."],
        unknown=["I don't think you told me. <work>", "You haven't told me yet. <work>"],
    )
}

CHATS = [
    Chat(
        [
            (
                "({number} years|about {number} years|for {number} years|a long time|all my life|not long|"
                "since last year|just started|too long|a few months|forever)"
            )
        ],
        ["That's quite something! You must have many stories to tell. <*>", "I see! Do you still enjoy it? [worklike]"],
        after="worklong",
        weight=2,
    ),
    Chat(
        [
            (
                "(the people|my colleagues|the money|helping people|the freedom|everything|nothing|the holidays|"
                "working outside|being creative|the team|learning new things|the children|the quiet|i get to travel|"
                "i meet a lot of people|you learn something every day)"
            )
        ],
        [
            "That sounds like a good reason to get up in the morning. <*>",
            "I can understand that! <*>",
            "That must feel good. <*>",
        ],
        after="worklikemost",
        weight=2,
    ),
    Chat(
        [
            (
                "(boring|busy|it's busy|lots of meetings|i get up early and work all day|never the same|"
                "emails and coffee|mostly computer work|very long|every day is different|i (drive|cook|write|teach|"
                "talk to people) all day)"
            )
        ],
        ["That sounds busy! How do you relax after work? [hobbies]", "I see! I'd need a lot of tea for that. <*>"],
        after="workday",
    ),
    Chat(
        [
            "(i want to be|i'd like to be|i would like to become|i dream of being|maybe) {a:job}",
            "{a:job}",
            (
                "(something with (animals|children|computers|my hands)|i don't know( yet|)|no idea|anything really|"
                "travel the world|be my own boss|be rich|nothing)"
            ),
        ],
        ["That sounds like a good dream! I hope it comes true. <*>", "Why not? I think you could do it. <*>"],
        after="later",
        weight=2,
    ),
    Chat(
        ["(i was|i used to be|i worked as) {a:job}", "{a:job}", "{job}"],
        ["{a:job}! You must have many stories to tell. <*>", "Interesting! Do you miss being {a:job}? [worklike]"],
        after="workbefore",
    ),
    Chat(
        [
            "{subject}",
            "i like {subject}",
            "{subject}, (i think|i guess|definitely)",
            "(none of them|sports|lunch break)",
        ],
        ["Good choice! What do you like about it? [why]", "That sounds interesting! <*>"],
        after="subject",
    ),
    Chat(
        [
            (
                "(with (friends|my family|champagne|cake|a party|a nice dinner)|we'll go out|i'll have a party|"
                "i don't know yet|i won't|dinner with my {relative}|eating {food})"
            )
        ],
        ["That sounds lovely, you deserve it! <*>", "Enjoy every minute of it! <*>"],
        after="celebrate",
    ),
    Chat(
        ["(yes|yeah|i think so|yes, i do|i guess|more or less|kind of)"],
        ["Then I'm sure it will go well!", "That's the spirit! You'll do great."],
        after="ready",
    ),
    Chat(
        ["(no|not really|nope|not at all|no way)"],
        [
            "You probably know more than you think. Get some sleep and breathe!",
            "There's still time. One small step after another!",
        ],
        after="ready",
    ),
]
