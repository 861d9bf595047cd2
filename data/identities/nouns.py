"""Lists of lower-case lemmas by what they say about a party: offices, armies, private people, texts."""

from __future__ import annotations

from ..text.mentions import OFFICES, TITLES

# Determiners and adjectives that make a plural mean the two parties ("both sides").
MUTUAL = frozenset("both each two warring opposing rival either feuding neither".split())
# Nouns that mean the two parties in such a phrase.
SIDES = frozenset(
    "side country party neighbour neighbor nation government army capital state rival foe leader "
    "president minister enemy military force delegation camp combatant belligerent general official "
    "people ministry signatory".split()
)
# Plurals that mean several parties ("world powers").
COLLECTIVE = frozenset(
    "country nation power ally government state leader capital mediator guarantor donor neighbour "
    "neighbor signatory community diplomat member participant minister world envoy troika quartet "
    "coalition".split()
)
# Singular nouns that mean several parties.
COLLECTIVE_SINGULAR = frozenset("community world troika quartet west".split())
# Bodies of a state or an organisation.
GOVERNMENT = frozenset(
    "government ministry army military troops troop force police presidency parliament authority "
    "administration cabinet regime junta navy court command office council delegation state medium media "
    "embassy mission soldier guard coastguard palace kremlin country republic treasury department "
    "congress senate assembly legislature chancellery intelligence security defence defense commission "
    "bloc organization organisation alliance union body panel side nation committee".split()
)
# Offices of persons who speak for a party.
TITLED = frozenset(
    "president minister premier chancellor spokesman spokeswoman spokesperson ambassador envoy official "
    "commander general secretary chief leader diplomat adviser advisor representative lawmaker senator "
    "governor king sultan emir prime colonel major admiral captain negotiator aide deputy chairman "
    "chairwoman head director coordinator commissioner rapporteur mediator speaker attorney officer queen "
    "prince princess sheikh ayatollah warlord strongman dictator sergeant brigadier attaché consul mayor "
    "lieutenant marshal undersecretary mp parliamentarian legislator delegate chair secretary-general "
    "counterpart ruler".split()
)
# Armed groups and their members.
REBEL = frozenset(
    "rebel insurgent separatist militant guerrilla opposition militia militiaman jihadist fighter faction "
    "gunman secessionist insurgency rebellion paramilitary".split()
)
# Modifiers that make any noun an armed group ("opposition fighters").
REBEL_MODIFIERS = frozenset("rebel opposition separatist insurgent militant jihadist".split())
# "the group", "the movement": an armed group named before, unless another word in the phrase says
# otherwise.
GROUP = frozenset(
    "group movement organisation organization faction party front insurgency leadership".split()
)
# Bodies of private people: the head of "the Syrian Nonviolence Movement" is not a Syrian official.
CIVIL = frozenset(
    "movement union association institute university college centre center foundation society network "
    "hospital club church school mosque charity observatory newspaper company firm bank thinktank "
    "tank".split()
)
# Private people and their groups, who do not represent a party.
PRIVATE = frozenset(
    "resident villager analyst expert activist witness family relative mother father sister brother widow "
    "journalist reporter shopkeeper refugee civilian protester protestor demonstrator doctor medic nurse "
    "surgeon teacher farmer survivor lawyer professor academic historian columnist editor student worker "
    "driver trader merchant fisherman priest pastor imam bishop monk herder elder neighbor scholar "
    "researcher fellow lecturer economist writer author photographer volunteer campaigner people person "
    "man woman child boy girl victim evacuee observer monitor group charity ngo tourist pilgrim shopper "
    "passenger baker carpenter engineer fisher grandmother grandfather son daughter uncle aunt cousin "
    "wife husband pensioner retiree veteran pilot correspondent citizen voter publisher critic "
    "commentator blogger hotelier tailor butcher mechanic nun housewife electrician schoolteacher "
    "headteacher headmaster headmistress paramedic businessman businesswoman entrepreneur landlord "
    "rescuer parent supporter candidate challenger".split()
)
# Texts that parties publish: "the statement" stands for its author.
TEXTS = frozenset(
    "statement announcement communique communiqué report letter post tweet note text message declaration "
    "resolution bulletin dispatch readout release memo document paper broadcast leaflet flyer cable draft "
    "video recording tape footage".split()
)
# Verbs of saying.
REPORTING = frozenset(
    "say tell add state claim note report argue maintain assert contend stress reiterate explain "
    "acknowledge admit concede comment remark write tweet post describe believe think suggest confirm "
    "reply respond recall recount reveal conclude repeat insist warn announce declare accuse blame "
    "condemn denounce urge call appeal ask demand plead beg vow pledge promise shout cry testify estimate "
    "counter retort".split()
)
# Modifiers of people who no longer hold their office: "the former defence minister" does not
# speak for a government.
FORMER = frozenset("former ex retired onetime erstwhile ousted deposed".split())
# Bodies and people that belong to the state whose place follows: "the foreign ministry in Beijing". An
# embassy, troops or a delegation in a place belong to another state.
SEATED = frozenset(
    "government ministry army military authority administration cabinet regime junta presidency parliament "
    "leadership leader official court council congress senate assembly legislature ruler general minister "
    "president premier chancellor treasury secretariat department capital palace agency prosecutor".split()
)
# Words in capitals that name a body or office of any state.
OFFICIAL = (
    TITLES
    | OFFICES
    | GOVERNMENT
    | frozenset(
        "the federal central general armed air military public health finance economy energy transport "
        "information intelligence supreme high justice home revolutionary national royal civil prime cabinet "
        "transitional sovereign sovereignty constitutional special joint chiefs staff first north south east "
        "west northern southern eastern western capital president's nuclear atomic emergency police "
        "border".split()
    )
)
# Verbs whose subject is not the author of the text that is their object.
RECEIVING = frozenset(
    "receive see review obtain read cite quote reject dismiss condemn welcome criticise criticize get hear "
    "confirm deny denounce leak describe examine ignore find".split()
)
# Plurals that mean those of the country where an article is set: "police said", "troops opened fire".
LOCAL = frozenset("authority police troop soldier force security military army guard".split())
