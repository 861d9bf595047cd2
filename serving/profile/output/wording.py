"""The words in which all outputs of a profile say what a share is of, and whether it can be estimated."""

from __future__ import annotations

from ..correction import Estimate
from ..counts import STATEMENTS, Share
from ..names import SHORT_NAMES
from ..profile import Profile, ShareRow

NOT_CORRECTED = "not corrected"
METHOD = (
    "The profile shows whose statements are carried, not who is right. Statements are what a model found; it "
    "makes mistakes."
)
ASSUMPTION = (
    "Corrected shares assume that the annotated articles are like the profiled ones: in outlets, topics and "
    "style."
)
UNCORRECTED = (
    "Shares are not corrected for the model's errors, because no annotated articles were named (--annotated)."
)


def percent(share: float, digits: int = 1) -> str:
    """A share for people: `12.3%`."""
    return f"{100 * share:.{digits}f}%"


def interval(e: Estimate) -> str:
    """A corrected share with its 95% interval: `12.3% (9.8–15.1)`; the short reason if there is none."""
    if e.share is None or e.low is None or e.high is None:
        return too_few(e)
    return f"{percent(e.share)} ({100 * e.low:.1f}–{100 * e.high:.1f})"


def too_few(e: Estimate) -> str:
    """Why a share cannot be estimated, for a cell of a table: `too few (~240)`."""
    needed = e.needed if e.needed is not None else e.needed_here
    return "too few" if needed is None else f"too few (~{needed:,}{' here' if e.needed is None else ''})"


def reason(e: Estimate) -> str:
    """Why a share cannot be estimated, in a sentence; "" if it can."""
    if e.share is not None:
        return ""
    if e.needed is not None:
        return f"not enough articles to tell; about {e.needed:,} annotated ones would be needed"
    if e.needed_here is not None:
        return f"not enough articles to tell; about {e.needed_here:,} profiled ones would be needed"
    return "not enough articles to tell"


def status(row: ShareRow) -> str:
    """`corrected`, `not corrected`, or why there is no corrected share."""
    if row.corrected is None:
        return NOT_CORRECTED
    return reason(row.corrected) or "corrected"


def side(name: str) -> str:
    """A side for a table: its identity, or words for those that are no party."""
    return SHORT_NAMES.get(name, name)


def measure_name(share: Share) -> str:
    """What a share is of: `statements by USA`, `blame of RUS`, `unattributed ceasefire claim`."""
    measure, of = share.measure.replace("_", " "), share.of
    if measure == "statements":
        return f"statements by {side(of)}"
    if measure == "stance":
        return f"{of.replace('_', ' ')}"
    if measure == "label":
        return f"{of.replace('_', ' ')} sentences"
    if measure == "unattributed":
        return f"unattributed {of.replace('_', ' ')}".rstrip() if of else "unattributed statements"
    return f"{measure} {side(of)}"


def summary(profile: Profile) -> str:
    """One line about all articles."""
    overall = profile.overall
    parts = [_counted(overall.articles, "article")]
    if profile.outlets:
        parts.append(_counted(profile.outlets, "outlet"))
    if profile.first and profile.last:
        same = profile.first == profile.last
        parts.append(f"{profile.first}" if same else f"{profile.first} to {profile.last}")
    parts.append(_counted(overall.counts[STATEMENTS], "statement"))
    if profile.copies:
        parts.append(f"{profile.copies:,} cop{'ies' if profile.copies != 1 else 'y'} not counted again")
    return ", ".join(parts)


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def notes(profile: Profile) -> list[str]:
    """What a reader of the numbers must know."""
    out = [METHOD]
    if profile.annotated is None:
        out.append(UNCORRECTED)
        return out
    out.append(f"Corrected shares, with 95% intervals, are from {profile.annotated}. {ASSUMPTION}")
    groups = (profile.overall, *profile.groups)
    missing = [r.corrected for g in groups for r in g.shares if r.corrected and r.corrected.share is None]
    if missing:
        out.append(
            "“too few (~240)”: not enough articles to tell; about 240 annotated ones (for an outlet: of this "
            "outlet) would be needed, or with “here” about 240 profiled ones."
        )
    return out
