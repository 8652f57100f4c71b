"""What English headlines are made of: small words, opposites, stages, calendar and numbers.

Tables of general English in plain words, of which every inflection is meant; nothing here knows an outlet or an event.
"""


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


def _counted(table: str) -> dict[str, int]:
    """Read names that count from one, spellings of the same one joined by a stroke."""
    return {name: count for count, names in enumerate(table.split(), 1) for name in names.split("|")}


HEARSAY = _words("after over as on following against to about that of despite since before amid for")
"""What stands between a newer event and the older one it follows: "man charged over …"."""

SMALL = HEARSAY | _words("""
    a an the this that these those its it his her their our your my he she they we i you him them us
    of in on at by for from to into onto with within around under between through during via per upon out off as than
    so and or but nor if while when where because due amid among near toward towards
    is are was were be been being am has have had having do does did can s t re ll d ve m will
    just also very too here there now most some any each every all both own such other
    need over least nearly almost about roughly approximately more people
    inc co corp ltd plc llc cos company mr mrs ms dr sir
    """)
"""Words that carry no news: titles may differ in them."""

NEGATIONS = _words("not no never without cannot fail deny reject refuse cancel halt suspend avoid unlike hoax false")

PHASES = _words("""
    further again another anew resume continue conclude react reaction respond response ongoing backlash
    aftermath sequel rerun rematch complete finish
    """)
"""Words that tell another moment of an affair, or somebody's answer to it."""

STAGES = tuple(
    frozenset(line.split())
    for line in """
    detain arrest charge indict accuse try convict sentence jail acquit release
    propose consider debate approve pass sign adopt reject veto
    plan start launch continue complete
    nominate elect appoint inaugurate
    announce begin open close
    enter reach win lose
    missing found rescue
    injure kill
    urge warn praise condemn welcome
    deny confirm admit
    """.strip().splitlines()
)
"""Steps of one affair: each is news of its own."""

_OPPOSITES = """
    rise up higher high upward best top | fall down lower low downward worst bottom
    grow strengthen widen | shrink weaken narrow
    open begin launch | close end shut
    win victory beat | lose defeat loss
    arrive enter join | leave depart exit withdraw
    approve pass accept back support allow lift | reject block oppose ban veto impose
    buy | sell
    first | last final
    north northern | south southern
    east eastern | west western
    left | right
    old | new
    man boy male father son brother | woman girl female mother daughter sister
    import | export
    profit | loss
    hire | fire lay
    arrest detain charge convict guilty jail | release free acquit clear innocent
    morning | evening night afternoon
    day | night
    red | yellow blue orange green
    yellow | blue orange green
    blue | orange green
    gold | silver bronze
    silver | bronze
    home | away
    confirm | deny
    more | fewer less
    add inject | drain
    hot heat | cold
    rain | snow drought
    war | peace
    public | private
"""
OPPOSITES = tuple(
    (frozenset(one.split()), frozenset(other.split()))
    for one, _, other in (line.partition("|") for line in _OPPOSITES.strip().splitlines())
)
"""Words of which one side cannot stand for the other."""

MONTHS = _counted(
    "january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sept|sep october|oct "
    "november|nov december|dec"
)
WEEKDAYS = _counted("monday|mon tuesday|tue|tues wednesday|wed thursday|thu|thurs friday|fri saturday|sat sunday|sun")
RELATIVE_DAYS = frozenset({"today", "tomorrow", "yesterday", "tonight"})

NUMBERS = {
    **_counted(
        "one|first two|second three|third four|fourth five|fifth six|sixth seven|seventh eight|eighth nine|ninth "
        "ten|tenth eleven|eleventh twelve|twelfth thirteen|thirteenth fourteen fifteen sixteen seventeen eighteen "
        "nineteen twenty"
    ),
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}

ORDINALS = _words("second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth")
