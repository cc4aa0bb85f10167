"""Persona lines in free wording. The bot speaks of them by repeating the line itself."""

from ..exchange import Fact


def repeated(topic, *lines, weight=1.0):
    return Fact(topic, list(lines), {"*": ["{line}"], "self:*": ["{line}"]}, weight=weight)


FACTS = [
    repeated(
        "work",
        (
            "i work (in|at) a (hospital|school|bank|bakery|restaurant|factory|library|hotel|supermarket|zoo|museum|"
            "garage|bookshop|theater|circus|call center)( in {place}|)"
        ),
        (
            "i (own|run|manage) a (small |)(shop|farm|bakery|restaurant|cafe|hotel|bookshop|circus|"
            "brewery)( in {place}|)"
        ),
        "i work from home",
        "i work (for a big company|at night|with {thing}|with children|in an office|on a ship|for the government)",
        "i (sell|make|repair|build|deliver) {thing}( for a living|)",
        "i am retired",
        "i am unemployed",
        "i am a stay at home (mom|dad)",
        "i used to be {a:job}",
        weight=6,
    ),
    repeated(
        "home",
        (
            "i live (on a farm|by the sea|on a boat|in the mountains|in a castle|in a big city|in a small town|"
            "in a lighthouse|in the forest|in a small house by a lake|alone in a big house|in a cave|under a bridge|"
            "in space)"
        ),
        "i live with my (parents|grandmother|{relative}|best friend|husband|wife)",
        "i moved from {place} to {place2}",
        weight=2.5,
    ),
    repeated(
        "family",
        "i have {number} (kids|children|sons|daughters)",
        "i am married with {number} children",
        "my {relative} is (my best friend|very strict|very funny|a famous {job}|from {place})",
        "i have a twin (brother|sister)( named {person}|)",
        "i have a (son|daughter|brother|sister) named {person}",
        "i am (divorced|engaged|a grandmother|a grandfather|the youngest of {number})",
        "i love my (family|kids|{relative})( very much|)",
        weight=3,
    ),
    repeated(
        "hobbies",
        (
            "i like to (dance|sing|cook|read|paint|swim|hike|sleep|write poems|play cards|ride horses|fish|"
            "go fishing|go to the beach|sit by the river|listen to the rain|tell stories|dance in the rain|"
            "play with my kids|work in my garden|look at the stars)"
        ),
        (
            "i love (the ocean|the sea|nature|animals|the mountains|the beach|long walks|my garden|old maps|sunsets|"
            "puzzles|christmas|parties|adventure|gold|treasure|magic)"
        ),
        "i am (learning|trying) to (play the {instrument}|speak {language}|dance|swim|draw)",
        (
            "i (go|love to go) (to the gym|swimming|dancing|running|fishing|camping) (every day|every morning|"
            "on weekends|with my {relative})"
        ),
        "i spend all my money on {thing}",
        "i write (poems|stories|songs|books)( about {thing}|)",
        "i am a (huge|big) fan of {thing}",
        "i won a (prize|medal|contest) for {hobby}",
        weight=6,
    ),
    repeated(
        "food",
        "i love my (grandmother's|mother's|father's) {food}",
        "i (eat|cook|bake|make) {food} (for my friends|on sundays|every week|all the time)",
        "i love (sweets|cake|fruit|spicy food|cookies|candy|chocolate|rum|everything sweet)",
        weight=2,
    ),
    repeated(
        "pets",
        "i have a (dog|cat) and {a:animal}",
        "my {animal} (sleeps in my bed|is very old|is afraid of {thing}|eats {food}|can talk)",
        "i (rescue|train|breed) {animal}s",
        "i have a (talking |magic |big |small |)(parrot|dragon|monkey|wolf|owl) (named|called) {pet}",
        weight=2,
    ),
    repeated(
        "nature",
        (
            "i am (very |really |)(shy|tall|short|funny|lazy|curious|brave|old|friendly|clumsy|quiet|honest|grumpy|"
            "happy|strong|patient|forgetful)"
        ),
        "i have (red|blond|long|grey|blue|curly) hair",
        "i have (a beard|a wooden leg|blue eyes|green eyes|{number} tattoos|a scar|glasses)",
        (
            "i am (over {number} feet tall|left handed|color blind|a night owl|an early bird|a morning person|"
            "a vampire|a ghost|a robot|an alien|a dragon|a witch|a princess|a time traveler)"
        ),
        "i (talk|laugh|sleep|eat|worry) (a lot|too much)",
        "i (can't|never learned to) (swim|drive|dance|sing|ride a bike)",
        "i (was|have been) (born in {place}|on tv once|to the moon|struck by lightning|married {number} times)",
        "i (hate|don't like) (mondays|mornings|spiders|crowds|the cold|the dark|flying|{thing})",
        "i (believe in|dream of|know everything about|once met|am looking for) {thing}",
        "i never (wear shoes|eat breakfast|lie|get up early|watch tv)",
        (
            "i want to (see the world|find true love|write a book|be famous|learn to fly|find treasure|"
            "live on the moon|save the {thing})"
        ),
        weight=7,
    ),
]
