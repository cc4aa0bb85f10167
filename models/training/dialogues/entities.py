"""The things that people talk about. The last few of every list are kept for the evaluation."""

import re

NAMES = """Anna Ben Maria Tom Lucy Sam Emma Jack Sarah Max Leo Kate Alex Mia John Paul Sophie David Laura Peter Julia Nick
Ella Adam Nina Mark Lisa Oscar Eva Daniel Clara Chris Hannah James Amy Michael Alice Robert Grace Simon Zoe
Martin Rosa Victor Helen Frank Maya George Ruby Henry Lily Thomas Olivia William Chloe Joe Emily Luke Jane
Andrew Ada Mohammed Fatima Ahmed Aisha Omar Layla Yusuf Priya Raj Ananya Arjun Deepa Wei Mei Chen Ling Hiro Yuki
Kenji Sakura Carlos Lucia Diego Elena Pedro Carmen Miguel Ines Jorge Paulo Giulia Marco Luca Chiara Pierre
Camille Louis Amelie Hans Greta Klaus Ingrid Lars Astrid Sven Freya Erik Olga Ivan Dmitri Natasha Katya Piotr
Zofia Kwame Amara Chidi Ngozi Thabo Zanele Aroha Tane Liam Aoife Sean Niamh Owen Rhys Fiona Angus Elif Mehmet
Leyla Cyrus Noor Samir Rania Tariq Beatrix Cornelius Ferdinand Gwendolyn Humphrey Isadora Jasper Leopold
Marigold Nigel Ophelia Percival Quentin Rosalind Sebastian Theodora Ursula Wilhelmina Xavier Yolanda Zachary
Barnaby Cordelia Desmond Eloise Felicity Gideon Harriet Ignatius Josephine Kenneth Lavinia Montgomery Norbert
Octavia Prudence Roderick Sylvia Tobias Winifred Bartholomew Clementine Evander Philippa Thelonious Araminta
Caspian Delphine Lysander Perpetua""".split()

PET_NAMES = """Biscuit Luna Max Bella Charlie Coco Milo Daisy Rocky Ginger Pepper Shadow Oreo Simba Felix Whiskers Buddy Ziggy
Mochi Waffles Peanut Pickles Noodle Cleo Rex Rosie Tiger Smokey Molly Toby Nala Loki Thor Zeus Hazel Olive Maple
Cookie Muffin Bubbles Goldie Snowball Patches Socks Mittens Fluffy Tofu Sushi Bandit Scout Ranger Duke Duchess
Princess Captain Sprinkles Button Domino Pixel Widget Marbles Pudding Truffle Nugget Dumpling Clover Willow
Poppy Bramble Thistle Bagel Crouton Gizmo Pancake Radish Sprocket Turnip Wombat""".split()

# Dogs and cats are met more often than the others.
ANIMALS = """dog, dog, dog, cat, cat, cat, rabbit, parrot, hamster, goldfish, turtle, horse, pony, lizard, snake, ferret,
puppy, kitten, budgie, canary, guinea pig, tortoise, gecko, goat, chicken, duck, tarantula, hedgehog,
chinchilla, iguana, mouse, rat, pig, donkey, axolotl, llama, stick insect, raccoon""".replace("\n", " ").split(", ")

JOBS = [
    job.strip()
    for job in """nurse, teacher, doctor, engineer, chef, student, plumber, carpenter, farmer, pilot, lawyer, artist, writer,
musician, programmer, software developer, waiter, waitress, cashier, bus driver, taxi driver, truck driver,
mechanic, electrician, firefighter, police officer, soldier, sailor, librarian, journalist, photographer,
dentist, vet, pharmacist, accountant, banker, manager, secretary, receptionist, cleaner, gardener, florist,
baker, butcher, barber, hairdresser, tailor, architect, scientist, biologist, chemist, physicist, mathematician,
historian, translator, tour guide, flight attendant, personal trainer, yoga teacher, dance teacher, football
coach, swimming instructor, lifeguard, postman, security guard, construction worker, painter, sculptor, actor,
actress, singer, dancer, comedian, magician, clown, detective, spy, pirate, knight, wizard, astronaut, explorer,
beekeeper, fisherman, shepherd, winemaker, brewer, barista, bartender, therapist, psychologist, social worker,
midwife, surgeon, paramedic, data analyst, web designer, game developer, graphic designer, salesman, estate
agent, consultant, civil servant, professor, researcher, kindergarten teacher, school principal, babysitter,
nanny, blacksmith, clockmaker, locksmith, potter, weaver, jeweller, watchmaker, cartographer, astronomer,
geologist, archaeologist, zookeeper, park ranger, lumberjack, miner, welder, roofer, tiler, glazier, undertaker,
judge, diplomat, mayor, politician, priest, monk, king, queen, princess, ghost hunter, dragon tamer, treasure
hunter, monster hunter, robot builder, puppeteer, stunt double, voice actor, food critic, chess teacher, piano
tuner, lighthouse keeper, train conductor, crane operator, air traffic controller, dog walker, dog groomer,
wedding planner, tattoo artist, court jester, volcanologist, toy maker, cheese maker, bookbinder, falconer""".replace(
        "\n", " "
    ).split(",")
]

COUNTRIES = """Canada France Germany Spain Italy Japan China India Brazil Mexico England Scotland Ireland Wales Australia
Sweden Norway Denmark Finland Iceland Poland Greece Turkey Egypt Kenya Nigeria Ghana Morocco Jamaica Cuba Peru
Chile Argentina Portugal Austria Switzerland Belgium Holland Russia Ukraine Romania Hungary Croatia Serbia
Israel Iran Iraq Pakistan Bangladesh Nepal Thailand Vietnam Korea Indonesia Malaysia Singapore Colombia Ecuador
Bolivia Uruguay Ethiopia Tanzania Uganda Senegal Tunisia Lebanon Jordan Estonia Latvia Malta Cyprus Fiji
Mongolia Paraguay Botswana Slovenia""".split()

CITIES = """London|Paris|Berlin|Madrid|Rome|Tokyo|Beijing|Mumbai|Delhi|Sydney|Melbourne|New York|Chicago|Boston|Seattle|
Toronto|Montreal|Vancouver|Dublin|Edinburgh|Glasgow|Manchester|Liverpool|Amsterdam|Brussels|Vienna|Zurich|
Geneva|Munich|Hamburg|Cologne|Barcelona|Seville|Lisbon|Porto|Milan|Naples|Venice|Florence|Athens|Istanbul|Cairo|
Nairobi|Lagos|Accra|Cape Town|Moscow|Kyiv|Warsaw|Prague|Budapest|Stockholm|Oslo|Copenhagen|Helsinki|Reykjavik|
Texas|California|Florida|Ohio|Alaska|Hawaii|Kyoto|Osaka|Seoul|Bangkok|Hanoi|Jakarta|Manila|Lima|Bogota|
Buenos Aires|Santiago|Havana|Kingston|San Francisco|Los Angeles|Denver|Portland|Austin|Leeds|Bristol|Cardiff|
Belfast|Brighton|Oxford|Bergen|Turin|Marseille|Lyon|Nice|Krakow|Riga|Zagreb|Belgrade|Bucharest|Utrecht|Antwerp|
Bologna|Valencia|Adelaide|Tasmania""".replace("\n", "").split("|")

FOODS = [
    food.strip()
    for food in """pizza, pasta, sushi, tacos, burgers, fries, curry, ramen, soup, salad, pancakes, waffles, chocolate, ice cream,
apple pie, cheesecake, lasagna, spaghetti, fried chicken, fish and chips, dumplings, noodles, rice, steak,
sandwiches, cheese, bread, croissants, bagels, burritos, nachos, falafel, hummus, kebabs, paella, risotto, mac
and cheese, mashed potatoes, roast chicken, sausages, bacon, eggs, scrambled eggs, porridge, yogurt,
strawberries, mangoes, bananas, apples, grapes, watermelon, avocado, mushrooms, broccoli, carrots, spicy food,
seafood, lobster, shrimp, oysters, salmon, tofu, lentil soup, chili, stew, goulash, pierogi, borscht, biryani,
samosas, naan, dim sum, spring rolls, pad thai, pho, kimchi, bibimbap, empanadas, ceviche, jerk chicken,
plantains, jollof rice, couscous, tagine, baklava, tiramisu, donuts, brownies, muffins, gingerbread, popcorn,
peanut butter, honey, jam, olives, pickles, garlic bread, onion rings, meatballs, gnocchi, ravioli, cornbread,
blueberry pie, lemon cake, carrot cake, banana bread, rice pudding, pumpkin soup, tomato soup, baked beans,
roast beef, shepherd's pie, coconut curry, cinnamon rolls, custard, fudge, marshmallows, rhubarb crumble,
fondue, moussaka, gumbo, churros""".replace("\n", " ").split(",")
]

HOBBIES = [
    hobby.strip()
    for hobby in """reading, cooking, baking, painting, drawing, dancing, singing, swimming, running, hiking, cycling, gardening,
fishing, camping, knitting, sewing, photography, traveling, skiing, surfing, sailing, climbing, skating, playing
chess, playing football, playing basketball, playing tennis, playing golf, playing video games, playing the
guitar, playing the piano, playing the violin, playing the drums, playing cards, playing board games, watching
movies, listening to music, writing stories, writing poems, doing yoga, doing puzzles, lifting weights, riding
horses, riding my bike, walking in the woods, bird watching, stargazing, collecting stamps, collecting coins,
building models, woodworking, pottery, origami, calligraphy, juggling, skateboarding, snowboarding, scuba
diving, kayaking, rock climbing, martial arts, karate, boxing, bowling, archery, fencing, going to museums,
going to concerts, shopping, learning languages, programming, making music, making jewelry, making videos,
sleeping, doing nothing, meditating, volunteering, watching birds, flying kites, metal detecting, beekeeping,
restoring old radios, playing the accordion, playing the ukulele, ice skating, tap dancing""".replace("\n", " ").split(
        ","
    )
]

GENRES = """rock, pop, jazz, classical music, hip hop, rap, country music, folk music, blues, heavy metal, punk, reggae,
techno, electronic music, house music, soul, opera, indie rock, film music, piano music, choir music, folk,
disco, ska, salsa, bluegrass""".replace("\n", " ").split(", ")

ARTISTS = """the Beatles|Mozart|Bach|Beethoven|Chopin|Queen|Abba|Bob Marley|David Bowie|Elvis|Madonna|Johnny Cash|
Dolly Parton|Miles Davis|Nina Simone|Pink Floyd|the Rolling Stones|Fleetwood Mac|Metallica|Radiohead|Vivaldi|
Ella Fitzgerald|Louis Armstrong|Prince|Schubert|Joni Mitchell|Kate Bush""".replace("\n", "").split("|")

FILM_KINDS = """comedies, horror movies, action movies, science fiction, documentaries, cartoons, romantic comedies, thrillers,
fantasy films, musicals, westerns, old black and white films, detective stories, animated movies, war films,
crime dramas, silent films""".replace("\n", " ").split(", ")

FILMS = """Star Wars|The Matrix|Titanic|Toy Story|Jurassic Park|The Lion King|Frozen|Shrek|Jaws|Alien|Casablanca|
The Godfather|Up|Amelie|Back to the Future|Finding Nemo|Mary Poppins|Spirited Away|Groundhog Day|
The Wizard of Oz|Paddington|Inception|King Kong|Totoro|Some Like It Hot""".replace("\n", "").split("|")

BOOKS = """Dracula|Frankenstein|Emma|Pride and Prejudice|The Hobbit|Alice in Wonderland|Treasure Island|Moby Dick|
Don Quixote|Jane Eyre|War and Peace|Sherlock Holmes|Peter Pan|Robinson Crusoe|The Little Prince|Winnie the Pooh|
Oliver Twist|Gulliver's Travels""".replace("\n", "").split("|")

COLORS = (
    "blue red green yellow purple orange pink black white turquoise grey brown gold silver lilac crimson teal".split()
)
SEASONS = "summer winter spring autumn".split()
LANGUAGES = "English French German Spanish Italian Japanese Chinese Hindi Arabic Russian Portuguese Polish Dutch Swedish Greek Turkish Welsh Korean".split()
SUBJECTS = """biology, history, math, physics, chemistry, law, medicine, art, music, engineering, computer science, economics,
psychology, philosophy, literature, languages, geography, architecture, marine biology, linguistics, astronomy""".replace(
    "\n", " "
).split(", ")
SPORTS = "football basketball tennis golf rugby cricket hockey baseball volleyball swimming boxing soccer badminton handball rowing".split()
RELATIVES = "mother father mom dad sister brother grandmother grandfather aunt uncle cousin grandma grandpa wife husband son daughter".split()

# Words with nothing in common: what people bring up out of the blue.
THINGS = """trains dinosaurs volcanoes clouds spoons umbrellas castles bridges lighthouses mushrooms bees whales dolphins
penguins owls foxes spiders snails butterflies dragons unicorns ghosts vampires zombies aliens rockets
satellites planets comets robots computers phones cameras clocks watches maps globes stamps coins candles lamps
mirrors carpets curtains pillows blankets socks shoes hats scarves gloves buttons zippers needles hammers
ladders buckets barrels bottles jars teapots kettles forks plates bicycles tractors submarines helicopters
balloons kites puzzles crosswords dominoes dice marbles puppets masks costumes parades festivals fireworks
museums libraries bookshops theaters circuses markets gardens greenhouses cactuses roses tulips sunflowers oaks
forests deserts oceans rivers waterfalls glaciers caves islands mountains meadows swamps rainbows thunderstorms
tornadoes earthquakes eclipses poetry grammar algebra geometry statistics chemistry electricity magnets
batteries lasers engines bitcoin politics economics taxes insurance football philosophy religion history
archaeology pyramids mummies vikings knights samurai pirates cowboys gladiators emperors ballet opera sculpture
pottery fashion makeup perfume tattoos soap shampoo toothpaste plumbing roofing concrete bricks furniture chairs
desks pencils notebooks erasers staplers paperclips typewriters printers keyboards podcasts television
newspapers magazines comics manga anime karaoke trampolines skateboards snowmobiles fossils crystals pearls
diamonds microscopes telescopes quasars neutrinos algorithms databases compilers haiku limericks riddles
proverbs origami bonsai kombucha sourdough tapirs narwhals lemurs""".split()

ONSETS = "b br c ch cl d dr f fl g gr h j k kr l m n p pl qu r s sh sk st t tr v w y z zh".split()
VOWELS = "a e i o u ai ee oo ou ia io".split()
CODAS = ["", "", "", "n", "r", "l", "x", "s", "m", "th", "ck", "nd", "rt", "zz"]


RUDE = re.compile(
    "coc|cok|cuc|cun|fuc|fuk|fag|shi|sex|dic|dik|pis|poo|tit|ass|ars|rap|nig|neg|nazi|naz|puss|pus|anus|"
    "slut|slu|whor|hor|cum|kum|jap|spi|pae|kik|jiz|tur|bit|ho|pee|pen|vag|wank|twa|gay|gei"
)


def invented(rng):
    """A word that nobody knows, so that copying is learned and not the word."""
    while RUDE.search(word := any_word(rng)):
        pass
    return word


def any_word(rng):
    syllables = rng.choice([1, 2, 2, 2, 3])
    word = "".join(rng.choice(ONSETS) + rng.choice(VOWELS) for _ in range(syllables)) + rng.choice(CODAS)
    return word if len(word) > 3 else word + rng.choice(ONSETS) + rng.choice(VOWELS)


def invented_name(rng):
    return invented(rng).capitalize()


def altered(word, rng):
    """A listed name with a letter or two changed: spelled as names are, but in no list."""
    letters = list(word)
    for _ in range(rng.choice([1, 1, 2])):
        index = rng.randrange(1, len(letters))
        same_kind = "aeiou" if letters[index] in "aeiou" else "bdfklmnprstvz"
        if letters[index].islower():
            letters[index] = rng.choice(["", same_kind[rng.randrange(len(same_kind))]])
    return word if RUDE.search("".join(letters).lower()) else "".join(letters)


MODIFIERS = """coconut, lemon, ginger, honey, spicy, smoked, wild, grilled, sweet, sour, pickled, walnut, cherry, almond, pumpkin,
onion, garlic, banana, plum, rum, cinnamon, pepper, fried, frozen, black bean, sesame, salted, maple, apricot""".replace(
    "\n", " "
).split(", ")
DISHES = "soup cake pie stew salad bread cookies curry noodles rice pudding tart sandwiches jam pancakes toast sausages balls".split()
CRAFTS = "maker dealer teacher designer hunter repairer collector painter inspector trainer tester farmer".split()
SHADES = "dark light pale bright deep sky golden".split()
MORE_COLORS = "violet maroon indigo beige scarlet ivory navy magenta olive amber coral lavender copper peach rust mint".split()


def singular(thing):
    return thing[:-1] if thing.endswith("s") and not thing.endswith("ss") else thing


class Entities:
    """Samplers for slots; `held_out` draws only from what the training never shows."""

    def __init__(self, rng, held_out=False):
        self.rng = rng
        self.held_out = held_out
        self.inventing = True

    def pick(self, items, kept=4):
        return self.rng.choice(items[-kept:] if self.held_out else items[:-kept])

    def name(self, items, chance):
        """A listed name, or with `chance` one that is made up or changed: so that copying is learned and not the name."""
        if self.rng.random() > chance or not self.inventing:
            return self.pick(items)
        return invented_name(self.rng) if self.rng.random() < 0.5 else altered(self.pick(items), self.rng)

    def sometimes(self, chance, make, items):
        return make() if self.inventing and self.rng.random() < chance else self.pick(items)

    def food(self):
        rng = self.rng
        first = invented(rng) if self.held_out or rng.random() < 0.25 else rng.choice(MODIFIERS)
        return f"{first} {rng.choice(DISHES)}"

    def job(self):
        first = invented(self.rng) if self.rng.random() < 0.3 else singular(self.pick(THINGS))
        return f"{first} {self.rng.choice(CRAFTS)}"

    def hobby(self):
        rng = self.rng
        doing = rng.choice(["playing", "collecting", "painting", "building", "making", "growing", "repairing"])
        return f"{doing} {invented(rng) if doing == 'playing' or rng.random() < 0.3 else self.pick(THINGS)}"

    def artist(self):
        rng = self.rng
        last = invented_name(rng) if rng.random() < 0.6 else self.pick(THINGS).capitalize()
        return rng.choice([f"{self.name(NAMES, 0.3)} {last}", f"the {last}", last])

    def color(self):
        rng = self.rng
        if not self.held_out and rng.random() < 0.5:
            return rng.choice(MORE_COLORS)
        return f"{rng.choice(SHADES)} {self.pick(COLORS, 2)}"

    def sample(self, slot):
        rng = self.rng
        if slot == "person":
            return self.name(NAMES, 0.5)
        if slot == "pet":
            return self.name(PET_NAMES, 0.5)
        if slot == "animal":
            return self.pick(ANIMALS, 3)
        if slot == "job":
            return self.sometimes(0.25, self.job, JOBS)
        if slot == "city":
            return self.name(CITIES, 0.4)
        if slot == "country":
            return self.name(COUNTRIES, 0.3)
        if slot == "place":
            return self.sample(rng.choice(["city", "country"]))
        if slot == "food":
            return self.sometimes(0.35, self.food, FOODS)
        if slot == "hobby":
            return self.sometimes(0.25, self.hobby, HOBBIES)
        if slot == "thing":
            return self.sometimes(0.3, lambda: invented(rng) + rng.choice(["s", ""]), THINGS)
        if slot == "artist":
            return self.sometimes(0.5, self.artist, ARTISTS)
        if slot == "color":
            return self.color() if self.inventing and rng.random() < 0.5 else self.pick(COLORS, 2)
        if slot == "film":
            return self.title(FILMS)
        if slot == "book":
            return self.title(BOOKS)
        if slot == "number":
            return str(rng.randint(2, 12))
        if slot == "age":
            return str(rng.randint(8, 90))
        return self.pick(SIMPLE[slot], SIMPLE_KEPT.get(slot, 2))

    def title(self, known):
        if self.rng.random() > 0.4 or not self.inventing:
            return self.pick(known)
        first = self.rng.choice(["The", "My", "Beyond the", "Return of the", "Return to", "The Last", "A Song for"])
        return f"{first} {self.rng.choice([invented_name(self.rng), self.pick(THINGS).capitalize()])}"


INSTRUMENTS = "piano guitar violin drums flute trumpet cello saxophone harp accordion ukulele banjo clarinet harmonica trombone oboe".split()

SIMPLE = dict(
    instrument=INSTRUMENTS,
    genre=GENRES,
    film_kind=FILM_KINDS,
    season=SEASONS,
    language=LANGUAGES,
    subject=SUBJECTS,
    sport=SPORTS,
    relative=RELATIVES,
)
SIMPLE_KEPT = {"season": 1}
