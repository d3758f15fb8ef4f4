"""Which language a tag names: one of a closed list, so that what strangers write into a tag names nothing new."""

import re
from functools import lru_cache

UNKNOWN = "und"
"""What BCP 47 calls a language that is not known."""

LANGUAGES = frozenset(
    [
        "ar",
        "bg",
        "br",
        "ca",
        "co",
        "cs",
        "cy",
        "da",
        "de",
        "el",
        "en",
        "es",
        "et",
        "eu",
        "fa",
        "fi",
        "fr",
        "ga",
        "gl",
        "he",
        "hi",
        "hr",
        "hu",
        "hy",
        "id",
        "is",
        "it",
        "ja",
        "ko",
        "lb",
        "lt",
        "lv",
        "mk",
        "mt",
        "nb",
        "nl",
        "nn",
        "no",
        "oc",
        "pl",
        "pt",
        "ro",
        "ru",
        "sk",
        "sl",
        "sq",
        "sr",
        "sv",
        "ta",
        "th",
        "tr",
        "uk",
        "vi",
        "zh",
    ]
)
"""The languages that are told apart: those that a European newsroom's readers write. All others are kept as ``UNKNOWN``."""

_THREE_LETTERS = {
    "ara": "ar", "bre": "br", "cat": "ca", "ces": "cs", "cze": "cs", "dan": "da", "deu": "de", "dut": "nl", "ell": "el",
    "eng": "en", "eus": "eu", "fas": "fa", "fra": "fr", "fre": "fr", "ger": "de", "gre": "el", "hun": "hu", "ita": "it",
    "jpn": "ja", "nld": "nl", "nor": "no", "oci": "oc", "pol": "pl", "por": "pt", "ron": "ro", "rum": "ro", "rus": "ru",
    "spa": "es", "swe": "sv", "tur": "tr", "ukr": "uk", "zho": "zh",
}  # fmt: skip
_PRIMARY = re.compile(r"\s*([A-Za-z]{2,3})(?![A-Za-z0-9])")


@lru_cache(maxsize=4096)
def known_language(tag: str | None) -> str:
    """Return the language that a BCP 47 tag names, in two lower-case letters, or "und" where it names none of ours.

    ``tag``: what a network declares, in whatever case, with ``-`` or ``_`` ("fr-CA" gives "fr", "fra" too). Never raises.
    """
    match = _PRIMARY.match(tag) if tag else None
    if match is None:
        return UNKNOWN
    primary = match[1].lower()
    primary = _THREE_LETTERS.get(primary, primary)
    return primary if primary in LANGUAGES else UNKNOWN
