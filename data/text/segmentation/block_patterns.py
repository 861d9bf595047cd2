"""The shapes of datelines, bylines, turns, lists and times, as regular expressions over normalised text."""

from __future__ import annotations

import re

_MONTH = (
    r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)(?:uary|ruary|ch|il|ust|tember|ober|ember)?\.?"
)
_DAY = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?"
_DATE = rf"(?:{_DAY},? )?(?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH})(?:,? \d{{4}})?|{_DAY}"
_CAPITALS = r"[A-ZÀ-ÖØ-ÞĀ-Ž][A-ZÀ-ÖØ-ÞĀ-Ž.'’-]+"
_NAME = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w.'’-]*"
_AGENCY = r"(?: ?\((?![RDI]-)[^()\n]{2,40}\)| /[^/\n]{2,40}/)"
_DASH = r"(?: ?(?:—|–|--+)(?: +|(?=[A-Z“\"]))| [-_] +)"
# "KYIV, Ukraine (AP) —", "GAZA CITY/JERUSALEM, Oct 9 (Reuters) -", "NAIROBI (Xinhua) --", "ISLAMABAD:"
_WHEN = rf"(?:,? (?:{_DATE}))"
_PLACE = rf"{_NAME}(?: {_NAME}){{0,3}}"
_LOUD = (
    rf"{_CAPITALS}(?:[ /]{_CAPITALS}){{0,4}}(?:, {_PLACE})?{_AGENCY}?{_WHEN}?{_AGENCY}?"
    rf"(?:{_DASH}|: +(?=[A-Z]))"
)
# "Mae Sot, Thailand —", "Bamako (Mali) -", "Goma, 4 July (AFP) —"
_QUIET = (
    rf"{_PLACE}(?:, {_PLACE}{_AGENCY}?|(?:/{_PLACE})+{_AGENCY}?|{_AGENCY}|(?={_WHEN})){_WHEN}?{_AGENCY}?"
    r"(?: (?:—|–|--+|-|_) )"
)
# Whom a post answers: "@IsraelMFA Iran is to blame".
ADDRESSED = re.compile(r"(?:@\w{1,40} )+(?=[A-ZÀ-ÖØ-ÞĀ-Ž])")
DATELINE = re.compile(rf"(?:{_LOUD}|{_QUIET})(?=[\"“‘'(]*[A-ZÀ-ÖØ-ÞĀ-Ž\d@#…])")

BYLINE = re.compile(
    r"(?:(?i:by|from)|(?i:(?:additional |further )?"
    r"(?:reporting|writing|edited|editing|compiled|translated) by))"
    rf" {_NAME}(?:[ ,;]+(?:and |in |by |for |editing )*{_NAME}){{0,12}}\.?"
)
CAPTION = re.compile(
    r"(?:FILE PHOTO|FILE|PHOTO|Photo|Image|IMAGE|Caption|Picture|Video|VIDEO)(?: [a-z ]{1,20})?: "
)
MARKER = re.compile(r"(?:[-*+•‣◦▪■●○·∙▶►–—] +|[•‣◦▪■●○∙▶►] *)(?=\S)")
NUMBER = re.compile(r"(?:\(?\d{1,3}[.)]|\([a-z]{1,4}\)|[a-z]\)|[IVX]{1,5}\.) +(?=[\"“‘'(]?[^\W\d_])")
TABLE_RULE = re.compile(r"[-:=+_ ]+")

_ZONE = r"(?:GMT|UTC|BST|CES?T|E[SD]T|P[SD]T|EAT|CAT|WAT|MSK|IST|AEST|JST|[Ll]ocal time)\b"
_CLOCK = rf"\d{{1,2}}[:.]\d{{2}}(?::\d{{2}})?(?: ?[AaPp]\.?[Mm]\.?)?(?: {_ZONE})?"
TIME = re.compile(
    rf"(?:\[|\()?{_CLOCK}(?:\]|\))?(?: ?[-–—:|])?(?=\s*$| +[\"“‘'A-ZÀ-ÖØ-ÞĀ-Ž@#])", re.MULTILINE
)
INLINE_TIME = re.compile(rf"(?<!\S){_CLOCK}(?: ?[-–—:])?(?=\s*$|\s+[\"“‘'A-ZÀ-ÖØ-ÞĀ-Ž@#])")
# Before a time within a sentence: "at 14:05".
TIME_BEFORE = re.compile(
    r"(?:\b(?:at|by|around|from|until|till|before|after|about|since|and|to|of)|[-–—,]) $", re.IGNORECASE
)

# "MR. CALDER:", "MARIA ORLOVA (Foreign Ministry spokeswoman):", "Q:", "@SomaliMFA replying to @UN:"
TURN = re.compile(
    r"(?P<speaker>(?P<label>(?:RT )?(?P<handle>@\w{1,40})(?: replying to(?: @\w{1,40})+)?"
    r"|[A-ZÀ-ÖØ-ÞĀ-Ž][A-ZÀ-ÖØ-ÞĀ-Ž.'’-]*(?: [A-ZÀ-ÖØ-ÞĀ-Ž][A-ZÀ-ÖØ-ÞĀ-Ža-z]?[A-ZÀ-ÖØ-ÞĀ-Ž.'’-]*){0,5}"
    r"(?P<role> ?\([^()\n]{1,80}\))?"
    r"|(?:Question|Answer|Reporter|Moderator|Interviewer|Host|Journalist)(?: \d+)?)):(?:\s+|$)"
)
# Labels that mark a speaker in any position.
SPEAKING = re.compile(
    r"(?:MR|MRS|MS|MISS|DR|PROF|SEN|SENATOR|REP|GEN|GENERAL|COL|COLONEL|ADM|AMB|AMBASSADOR|GOV|SECRETARY|"
    r"PRESIDENT|(?:PRIME |FOREIGN )?MINISTER|UNDER-?SECRETARY|SPOKES(?:MAN|WOMAN|PERSON)|THE [A-Z]+|QUESTION|"
    r"ANSWER|Q|A|REPORTER|JOURNALIST|MODERATOR|HOST|OPERATOR|INTERVIEWER|Question|Answer|Reporter|Moderator|"
    r"Interviewer|Host|Journalist)\b"
)
NO_SPEAKERS = frozenset(
    "BREAKING LIVE UPDATE UPDATED UPDATES WATCH READ EXCLUSIVE OPINION ANALYSIS NOTE CORRECTION "
    "BACKGROUND PHOTO PHOTOS IMAGE CAPTION SOURCE TIMELINE FACTBOX RT DEVELOPING ALERT LATEST VIDEO "
    "STORY SEE TARGET TARGETS ATTACKER ATTACKERS LOCATION PLACE TIME NAME AGE KILLED WOUNDED WHO WHAT "
    "WHERE WHEN WHY HOW RESULT NEWS EXPLAINER WARNING MORE RELATED KEY SUMMARY FILE EDITORIAL COMMENT "
    "LISTEN REPORT SUBJECT RE TO FROM CC DATE TEL CONTACT URGENT NEW JUST".split()
)
