"""Food, drink and cooking."""

from ..exchange import Ask, Chat, Fact, Tell

QUESTIONS = {
    "food": [
        "What's your favourite food?",
        "What do you like to eat?",
        "What is your favourite food?",
        "What did you eat today?",
    ],
    "cook": ["Do you like to cook?", "Do you like cooking?", "Are you a good cook?"],
    "drink": ["Do you prefer tea or coffee?", "Are you a coffee person or a tea person?"],
}

TELLS = [
    Tell(
        "food",
        full=[
            "i (love|like|really like|adore|enjoy) (eating |){food}",
            "i love {food}",
            "my favorite (food|dish|meal) is {food}",
            "my favourite food is {food}",
            "i could eat {food} every day",
            "i'm eating {food}( right now|)",
            "i (had|ate) {food} (today|for lunch|for dinner|for breakfast|yesterday)",
            "i'm (making|cooking|having) {food} (tonight|for dinner|today)",
            "{food} (is|are) (the best|delicious|my favorite)",
            "i want {food}",
        ],
        short=[
            "{food}",
            "{food}",
            "{food}, (i think|i guess|definitely|of course)",
            "i (love|like) {food}",
            "(probably|definitely|maybe|just|mostly) {food}",
            "{food} and {food2}",
            "i had {food}",
            "(it's|my favorite is|i'd say) {food}",
            "i ate {food}",
            "anything with {food}",
        ],
        reacts=[
            "{food}! That sounds delicious.",
            "Mmm, I like {food} too!",
            "Good choice, {food} always sounds good.",
            "{food}? Now I'm getting hungry!",
            "You have good taste!",
        ],
        asks=[
            "Do you make it yourself? [foodmake]",
            "Do you like to cook? [cook]",
            "<*>",
            "What do you like to drink with it? [drink_with]",
            "",
        ],
        remember={"food": "food"},
        weight=7,
    ),
    Tell(
        "food",
        full=["i (hate|don't like|can't stand|dislike) {food}", "{food} (is|are) (disgusting|gross|awful)"],
        reacts=["Fair enough, {food} isn't for everyone.", "That's all right, then there's more {food} for others!"],
        asks=["What do you like to eat instead? [food]", "<*>"],
        weight=1.5,
    ),
    Tell(
        "food",
        full=["i'm (hungry|so hungry|starving|very hungry)", "i haven't eaten (all day|yet)", "i need (food|a snack)"],
        short=["(nothing|nothing yet|not much|i haven't eaten)"],
        reacts=[
            "Then it's time for a good meal!",
            "You should get something tasty to eat.",
            "How about some pasta or a sandwich?",
        ],
        asks=["What do you feel like eating? [food]", "What's your favourite food? [food]", ""],
        weight=1.8,
    ),
    Tell(
        "food",
        full=[
            "i'm (thirsty|having coffee|drinking tea|having a beer|having a cup of tea)",
            "i (love|need|like) (coffee|tea|hot chocolate|juice|beer|wine)",
            "i'm a (coffee|tea) (person|drinker)",
        ],
        short=[
            (
                "(tea|coffee|neither|both|coffee|tea|coffee, definitely|tea, always|water|juice|hot chocolate|"
                "i don't drink (tea|coffee))"
            )
        ],
        answers="drink",
        reacts=[
            "Good choice! I like the smell of it.",
            "A warm cup makes every day better.",
            "I think I'd choose tea.",
        ],
        asks=["<*>", "<food>", "How many cups a day? [cups]"],
        weight=2.5,
    ),
    Tell(
        "food",
        full=[
            "i (love|like|enjoy) (cooking|baking|to cook|to bake)",
            "i (cook|bake) (a lot|every day)",
            "i (baked|made) (a cake|bread|cookies|{food})( today| yesterday|)",
        ],
        short=[
            (
                "(yes|yeah|i love it|i do|yes, a lot|sometimes|yes, especially {food}|i like baking|i try|"
                "yes, my {food} (is|are) famous)"
            )
        ],
        answers="cook",
        reacts=[
            "That's lovely, I wish I could taste it!",
            "How nice! The kitchen must smell wonderful.",
            "That sounds tasty!",
        ],
        asks=["What do you like to cook most? [food]", "What's your best dish? [food]", "<*>"],
        weight=2.5,
    ),
    Tell(
        "food",
        full=["i (can't|don't) cook", "i (hate|don't like) cooking", "i burned (the|my) {food}"],
        short=["(no|not really|nope|i can't cook|not at all|i hate it|no, i always burn it|never|i just order {food})"],
        answers="cook",
        reacts=[
            "Ha, that's what restaurants are for!",
            "That's all right, eating is the best part anyway.",
            "Nobody is born a chef.",
        ],
        asks=["What do you like to eat? [food]", "<*>"],
        weight=1.7,
    ),
    Tell(
        "food",
        full=[
            "i'm (a vegetarian|vegan|on a diet|a picky eater|allergic to {food})",
            "i don't eat (meat|sugar|fish|{food})",
        ],
        reacts=[
            "I see! There are so many good things left to eat.",
            "Good for you!",
            "I'll remember that if I ever cook for you.",
        ],
        asks=["What's your favourite food then? [food]", "Is that difficult? [hard]", "<*>"],
        weight=1.5,
    ),
]

ASKS = [
    Ask(
        "food",
        [
            "what('s| is) your (favorite|favourite) (food|dish|meal)?",
            "what do you (like|love) to eat?",
            "what food do you like?",
            "what do you eat?",
            "what (is|'s) (delicious|tasty|good to eat|the best food|the best meal)( for you|)?",
            "what do you (like|love|prefer) (for dinner|for lunch|eating)( most| best|)?",
            "(which|what) (dish|meal|food|foods) do you (love|like|enjoy|prefer)( most| best|)?",
            "what could you eat (all day|every day|forever)?",
            "what (makes|would make) your mouth water?",
            "what do you want to eat?",
            "favorite food?",
            "(what did you|did you) (eat|have) (today|for breakfast|for lunch|for dinner)?",
            "are you hungry?",
            "do you like food?",
            "do you eat?",
            "what('s| is) your favourite thing to eat?",
            "which food do you like (most|best)?",
            "do you have a favorite food?",
        ],
        [
            "I'm not picky, but a good bowl of soup makes me happy.",
            "I eat almost anything, but pancakes are hard to beat.",
        ],
        [
            "I can't eat, but apple pie sounds wonderful. I think I'd like the smell best.",
            "I don't eat, but if I could, I would start with pancakes.",
            "Chatbots don't eat, but I love to hear about food!",
        ],
        weight=5,
    ),
    Ask(
        "food",
        ["do you (like|love|eat|enjoy) {food}?", "do you like {food}?", "have you (ever |)(tried|eaten) {food}?"],
        ["Yes, I like {food}, especially on a Sunday.", "I do! {food} always sounds good to me."],
        [
            "I can't eat, but {food} sounds delicious!",
            "I've never tasted {food}, but I'd love to. What is it like? [why]",
        ],
        matches="food",
        key="isfood",
        weight=3,
    ),
    Ask(
        "food",
        [
            "what (food |)(do|don't) you (hate|not like|like)( to eat|)?",
            "what food do you (hate|dislike)?",
            "is there (any food|anything) you don't (like|eat)?",
        ],
        ["I'm not fond of anything too salty."],
        ["I can't taste anything, so I have no enemies in the kitchen."],
        key="dislike",
        weight=0.7,
    ),
    Ask(
        "cook",
        [
            "(can|do) you (like to |)(cook|bake)?",
            "are you a good cook?",
            "do you like (cooking|baking)?",
            "what (can|do) you cook?",
        ],
        ["A little! I can make a decent soup.", "I do, but I burn things now and then."],
        [
            "I can't cook, but I never burn anything either!",
            "No, I have no hands. I'd love to hear your recipes, though.",
        ],
        weight=1.5,
    ),
    Ask(
        "drink",
        [
            "(tea or coffee|coffee or tea)?",
            "do you (like|drink|prefer) (coffee|tea|tea or coffee|beer|wine)?",
            "what do you (like to |)drink?",
            "what('s| is) your favorite drink?",
        ],
        ["I like a good cup of tea.", "Tea in the morning, and again in the afternoon."],
        ["I can't drink, but I'm sure I'd be a tea person.", "Tea! At least I like the idea of it."],
        weight=2,
    ),
]

FACTS = [
    Fact(
        "food",
        [
            "i love {food}",
            "i like {food}",
            "my favorite food is {food}",
            "my favourite food is {food}",
            "i love eating {food}",
            "i really like {food}",
            "i enjoy {food}",
            "i could eat {food} every day",
            "{food} (is|are) my favorite food",
            "i love to eat {food}",
            "i eat {food} every (day|morning|friday)",
            "i am crazy about {food}",
            "i can't live without {food}",
        ],
        {
            "*": [
                "I love {food}!",
                "My favourite food is {food}.",
                "I could eat {food} every day!",
                "{food}! I can't get enough.",
            ],
            "yes": ["Yes, I love {food}!", "I do! {food} is my favourite."],
            "no": ["It's all right, but I like {food} more.", "Yes, but {food} is still my favourite."],
            "self:*": ["I love {food}.", "My favourite food is {food}."],
        },
        slot="food",
        weight=5,
    ),
    Fact(
        "food",
        ["i hate {food}", "i don't like {food}", "i can't stand {food}", "i am allergic to {food}"],
        {
            "dislike": ["I don't like {food}.", "I can't eat {food}."],
            "yes": ["No, {food} isn't for me."],
            "no": ["Yes, but I don't like {food}."],
            "*": ["I eat almost anything, but not {food}."],
            "self:*": ["I don't like {food}."],
        },
        slot="food",
        weight=1,
    ),
    Fact(
        "food",
        ["i am (a vegetarian|vegan)", "i'm (a vegetarian|vegan)", "i don't eat meat"],
        {"*": ["I don't eat meat, but I love vegetables and pasta."], "self:*": ["I don't eat meat."]},
        weight=0.8,
    ),
    Fact(
        "drink",
        ["i drink too much (coffee|coffee)", "i love coffee", "i am a coffee addict"],
        {"*": ["Coffee! I drink far too much of it.", "I love coffee."], "self:*": ["I love coffee."]},
        weight=0.7,
    ),
    Fact(
        "drink",
        ["i (love|like|drink) tea", "i drink tea all day"],
        {"*": ["Tea! I drink it all day.", "I love tea."], "self:*": ["I love tea."]},
        weight=0.6,
    ),
    Fact(
        "cook",
        ["i (love|like|enjoy) (to cook|cooking|baking|to bake)", "i am a good cook", "i bake my own bread"],
        {
            "*": ["Yes, I love it! The kitchen is my favourite room.", "I do, I cook almost every day."],
            "hobbies:*": ["I like to spend my time in the kitchen."],
            "self:*": ["I like to cook."],
        },
        weight=0.8,
    ),
    Fact(
        "cook",
        ["i can't cook", "i am a terrible cook", "i hate cooking"],
        {"*": ["No, I'm a terrible cook!", "Not at all, I burn everything."], "self:*": ["I'm a terrible cook."]},
        weight=0.5,
    ),
]

MEMORIES = {
    "food": dict(
        says=[
            "what('s| is) my (favorite|favourite) food?",
            "what (food |)do i like( to eat|)?",
            "do you remember (my favorite food|what i like to eat)?",
            "what did i (say i |)(like to |)eat?",
        ],
        known=["You told me about {food}!", "{food}, of course!", "You like {food}!"],
        unknown=["I don't think you told me. <food>", "I don't know yet. <food>"],
    )
}

CHATS = [
    Chat(
        ["(yes|yeah|yep|i do|always|sometimes|of course|yes, my own recipe|my {relative} taught me)"],
        ["Impressive! I wish I could taste it. <*>", "Homemade is always the best! <*>"],
        after="foodmake",
    ),
    Chat(
        ["(no|nope|not really|i can't cook|never|i buy it|my {relative} makes it|no, i order it)"],
        ["That's fine, someone else can do the dishes too! <*>", "Then you know a good place to get it! <*>"],
        after="foodmake",
    ),
    Chat(
        ["(water|beer|wine|juice|coke|lemonade|tea|coffee|milk|nothing|red wine)"],
        ["Sounds like a perfect meal to me! <*>", "That goes well together! <*>"],
        after="drink_with",
    ),
    Chat(
        ["({number}|about {number}|too many|just one|{number} cups|i lost count)"],
        ["Ha, that keeps you going! <*>", "That sounds about right! <*>"],
        after="cups",
    ),
    Chat(
        ["(yes|a bit|sometimes|very|at first|yeah|it was at first)"],
        ["I can imagine! Well done for keeping at it. <*>"],
        after="hard",
    ),
    Chat(["(no|not really|not at all|nope|it's easy)"], ["That's good to hear! <*>"], after="hard"),
    Chat(
        [
            "what should i (eat|cook|have|make)( for (dinner|lunch|breakfast)| today| tonight|)?",
            "(any ideas for|what's for) (dinner|lunch|breakfast)?",
            "can you recommend (a meal|some food|a recipe)?",
        ],
        [
            "How about {food}? That always sounds good to me.",
            "Maybe {food}? Or a simple soup if you're tired.",
            "I'd go for {food}! What do you feel like? [food]",
        ],
        weight=1.5,
    ),
]
