"""Numbers, ids and dates that come from outside: addresses, query strings, forms, files.

Whoever types an address may type anything into it. Each function takes what came (a string, a number, a list, None) and
returns a value that every database takes and all arithmetic bears, or None: the caller answers 404 or with a sentence.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo

LARGEST_ID = 2**63 - 1
"""The largest value of a 64-bit key: SQLite and PostgreSQL raise on a larger one."""
MOST_IDS = 500
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)
"""Between them a day can be moved by months and into any zone without leaving the calendar."""

_DIGITS = re.compile(r"[0-9]{1,19}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)


def parse_id(raw: object) -> int | None:
    """Return the key of a row, from 1 to 2^63 - 1, that ``raw`` writes in ASCII digits (or is); else None."""
    return parse_number(raw, 1, LARGEST_ID)


def parse_ids(raws: Iterable[object], most: int = MOST_IDS) -> list[int]:
    """Return the keys among ``raws`` in order and once each, at most ``most`` of them; what is none is left out."""
    found: dict[int, None] = {}
    for raw in raws:
        key = parse_id(raw)
        if key is not None:
            found[key] = None
            if len(found) >= most:
                break
    return list(found)


def parse_number(raw: object, lowest: int, highest: int) -> int | None:
    """Return the whole number that ``raw`` writes in ASCII digits (or is), if it lies within the bounds; else None.

    A sign, a space within, a superscript, digits of another script, ``True`` and fractions are no number here.
    """
    if isinstance(raw, str):
        text = raw.strip()
        number = int(text) if _DIGITS.fullmatch(text) else None
    else:
        number = raw if isinstance(raw, int) and not isinstance(raw, bool) else None
    return number if number is not None and lowest <= number <= highest else None


def parse_date(raw: object) -> date | None:
    """Return the day that ``raw`` writes as ``2026-03-09``, from 1900 to 2199; else None."""
    text = raw.strip() if isinstance(raw, str) else ""
    if not _DATE.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if is_usable_day(day) else None


def parse_datetime(raw: object, zone: tzinfo) -> datetime | None:
    """Return the aware moment that ``raw`` writes (ISO 8601), on the clock of ``zone`` where it names none; else None.

    The result is in UTC and lies between 1900 and 2199.
    """
    text = raw.strip() if isinstance(raw, str) else ""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not is_usable_day(moment.date()):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def is_usable_day(day: date) -> bool:
    """Whether a day lies between 1900 and 2199."""
    return FIRST_DAY <= day <= LAST_DAY


class IdConverter:
    """The part ``<id:pk>`` of an address (``register_converter(IdConverter, "id")``): a key that can exist, else 404."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        """Return the key; ValueError, which is a 404, for one that no row can have."""
        key = parse_id(value)
        if key is None:
            raise ValueError("no key of a row")
        return key

    def to_url(self, value: object) -> str:
        """Return the key as it stands in an address."""
        return str(value)
