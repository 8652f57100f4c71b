"""Which English words headlines use for one another: inflections, abbreviations, synonyms.

Tables of general English; nothing here knows an outlet or an event.
"""


def _same(table: str) -> dict[str, str]:
    """Read lines of words that stand for one another; the first of a line stands for all."""
    return {word: line.split()[0] for line in table.strip().splitlines() for word in line.split()[1:]}


IRREGULAR = _same(
    """
    say said
    win won
    die died dying
    hold held
    meet met
    send sent
    rise rose risen
    fall fell fallen
    strike struck
    shoot shot
    leave left
    begin began begun
    take took taken
    make made
    give gave given
    get got gotten
    find found
    fight fought
    buy bought
    sell sold
    tell told
    see saw seen
    child children
    woman women
    man men
    lose lost
    grow grew grown
    fly flew flown
    speak spoke spoken
    break broke broken
    choose chose chosen
    steal stole stolen
    write wrote written
    know knew known
    show shown
    pay paid
    lay laid
    seek sought
    think thought
    bring brought
    keep kept
    build built
    spend spent
    lead led
    flee fled
    swear swore sworn
    sink sank sunk
    run ran
    come came
    become became
    go went gone
    stand stood
    throw threw thrown
    draw drew drawn
    drive drove driven
    hide hid hidden
    wear wore worn
    withdraw withdrew withdrawn
    """
)

"""Forms that no rule gives; the first of a line stands for all."""

SYNONYMS = _same(
    """
    begin start commence
    hold mark host stage
    kill dead death die fatal slain
    injure wound hurt
    record log
    cut slash reduce lower trim
    allow let permit
    send deliver supply
    delay postpone
    back support endorse
    criticise criticize slam blast condemn denounce
    unveil reveal show
    sack dismiss
    kid child
    police cop
    teenager teen
    deal agreement pact accord
    talk negotiation
    row dispute spat
    fear worry concern
    blaze fire
    crash collision
    protest demonstration
    ban bar prohibit
    flee escape
    consider mull weigh
    vow pledge promise
    exceed surpass
    ex former
    mother mum mom
    father dad
    photo picture image
    study research
    aircraft plane airplane jet
    climber mountaineer
    baby infant
    oil crude
    buy acquire purchase
    resign quit
    name appoint
    large huge massive
    quake earthquake
    percent percentage
    end conclude
    probe investigate
    jail imprison
    firm business
    help aid assist
    rise increase climb gain jump soar surge hike
    fall drop decline slip slump plunge tumble decrease
    vote poll ballot
    movie film
    car vehicle
    storm hurricane typhoon cyclone
    boss chief
    northern north
    southern south
    eastern east
    western west
    northeast northeastern
    northwest northwestern
    southeast southeastern
    southwest southwestern
    usa american
    uk british britain
    china chinese
    russia russian
    ukraine ukrainian
    japan japanese
    germany german
    france french
    italy italian
    spain spanish
    india indian
    pakistan pakistani
    iran iranian
    iraq iraqi
    israel israeli
    palestine palestinian
    turkey turkish turkiye türkiye
    greece greek
    korea korean
    australia australian
    canada canadian
    mexico mexican
    brazil brazilian
    argentina argentine argentinian
    egypt egyptian
    nigeria nigerian
    kenya kenyan
    syria syrian
    afghanistan afghan
    europe european
    africa african
    asia asian
    netherlands dutch
    switzerland swiss
    sweden swedish
    denmark danish
    finland finnish
    norway norwegian
    poland polish
    ireland irish
    scotland scottish
    wales welsh
    colombia colombian
    chile chilean
    peru peruvian
    venezuela venezuelan
    cuba cuban
    vietnam vietnamese
    thailand thai
    indonesia indonesian
    malaysia malaysian
    philippines filipino
    yemen yemeni
    lebanon lebanese
    libya libyan
    nepal nepali nepalese
    hungary hungarian
    austria austrian
    belgium belgian
    portugal portuguese
    ethiopia ethiopian
    """
)
"""Words that headlines use for one another."""

ABBREVIATIONS = _same(
    """
    percent pct
    january jan
    february feb
    april apr
    june jun
    july jul
    august aug
    september sept sep
    october oct
    november nov
    december dec
    monday mon
    tuesday tue tues
    thursday thu thurs
    friday fri
    million mln mn
    billion bln bn
    trillion trln tn
    dollar dlr dlrs dollars
    government govt gov
    international intl
    department dept
    quarter qtr
    versus vs
    covid covid19 coronavirus
    president pres
    senator sen
    representative rep
    professor prof
    street st
    university univ
    football soccer
    """
)
"""Words that headlines shorten, and a few that are the same with and without their number."""
