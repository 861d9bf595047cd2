"""Whether an article is in English."""

from __future__ import annotations

from ...data.errors import InputError

# The language of a text with fewer letters cannot be detected reliably.
MIN_LETTERS = 80


def check_language(text: str, where: str) -> None:
    """Reject a text that is not English.

    Raises:
        InputError: it is in another language.
    """
    sample = text[:4000]
    if sum(c.isalpha() for c in sample) < MIN_LETTERS:
        return
    from py3langid import classify

    language = classify(sample)[0]
    if language != "en":
        raise InputError(
            f"not in English (detected: {language!r}); skipped",
            where=where,
            hint="score it anyway with --any-language",
        )
