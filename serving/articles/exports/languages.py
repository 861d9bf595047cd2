"""Names of languages as exports write them."""

from __future__ import annotations

_NAMES = {
    "en": "english englisch anglais inglés inglese inglês engels",
    "de": "german deutsch allemand alemán tedesco alemão duits",
    "fr": "french französisch français francés francese francês frans",
    "es": "spanish spanisch espagnol español spagnolo espanhol spaans",
    "it": "italian italienisch italien italiano italiaans",
    "pt": "portuguese portugiesisch portugais portugués portoghese português portugees",
    "nl": "dutch niederländisch néerlandais neerlandés olandese holandês nederlands",
    "ar": "arabic arabisch arabe árabe",
    "zh": "chinese chinesisch chinois chino cinese chinês 中文 汉语 漢語 简体中文 簡體中文 繁体中文 繁體中文",
    "ru": "russian russisch russe ruso russo",
    "uk": "ukrainian ukrainisch ukrainien",
    "he": "hebrew hebräisch hébreu",
    "fa": "persian persisch persan farsi",
    "tr": "turkish türkisch turc",
    "ja": "japanese japanisch japonais",
    "pl": "polish polnisch polonais",
    "da": "danish dänisch danois dansk",
    "sv": "swedish schwedisch suédois svenska",
    "no": "norwegian norwegisch norvégien norsk",
}
_CODES = {name: code for code, names in _NAMES.items() for name in names.split()}


def language_code(name: str | None) -> str | None:
    """The ISO 639-1 code of a language; None if the name is not known.

    Args:
        name: for example `ENGLISH`, `English; Spanish` (the first counts) or `en`.
    """
    words = (name or "").casefold().replace(";", " ").replace(",", " ").replace("(", " ").split()
    if not words:
        return None
    return words[0] if words[0] in _NAMES else _CODES.get(words[0])
