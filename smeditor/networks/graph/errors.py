"""What the Graph API's refusals mean, code by code.

https://developers.facebook.com/docs/graph-api/guides/error-handling and
https://developers.facebook.com/docs/graph-api/overview/rate-limiting#error-codes (read 2026-11-30) give the codes; what
they leave open is decided by one question: can the request have been carried out all the same? Meta is known to answer
with an error *while publishing*: HTTP 500 with code 2 (https://github.com/arsduo/koala/issues/699, seven copies in twenty
minutes), code 1 with sub-code 99 (https://github.com/facebookarchive/php-graph-sdk/issues/1141), code 200 that names no
permission (https://github.com/hybridauth/hybridauth/issues/219). So of a request that readers can see only that counts
as a no which says that the request itself was not understood, not allowed for want of a permission, or not due.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SESSION = frozenset({102, 104, 190, 459, 464})
THROTTLED = frozenset({4, 17, 32, 341, 613, *range(80000, 80015)})
FORBIDDEN = frozenset({3, 10, *range(200, 300)})
SERVER = frozenset({-1, 1, 2})
INVALID = frozenset({100, 105, 120, 121, 197, 220, 324, 352, 1500, 2018001, 6000, 6001, 1609005, 1363030})
"""The request itself is wrong: a parameter, a link that cannot be read, an image or a video that is none."""
ABUSIVE, DUPLICATE, ALIAS, UNKNOWN_PATH, OLD_VERSION = 368, 506, 803, 2500, 2635
TOO_FAST = frozenset({1390008})
"""Sub-codes of 368 that pass by themselves ("you are going too fast")."""
UNSUPPORTED = frozenset({2069030, 2069031, 2069033})
"""Sub-codes of 200: the endpoint or the field is not supported, so that nothing was done."""
NOT_ALLOWED = frozenset({2853006})
"""Sub-code of 1: the person has no permission for this on the page."""
PERSONS_TOKEN = 2069032
"""Sub-code of 190: "A Page access token is required for this call". This and the two above:
https://developers.facebook.com/documentation/pages-api/error-codes (read 2026-11-30)."""
NOT_THERE = frozenset({33})
"""Sub-code of 100: the object "does not exist, cannot be loaded due to missing permissions, or does not support this"."""
PERMISSION = re.compile(
    r"\b(?:pages|instagram|business|publish|read|manage|public)_[a-z_]+|has(?: not|n't) authorized|permission\(?s?\)? (?:is|are) missing"
    r"|requires? (?:the |an? )?[\w' ]{0,60}(?:permission|admin)",
    re.IGNORECASE,
)
SCOPE = re.compile(r"\b(?:pages|instagram|business|publish|read|manage|public)_[a-z_]+", re.IGNORECASE)
LONGEST = 300


@dataclass(frozen=True)
class Failure:
    """The error of an answer, bounded. ``code`` 0: the answer names none."""

    code: int = 0
    subcode: int = 0
    message: str = ""
    shown: str = ""
    transient: bool = False
    trace: str = ""

    @classmethod
    def read(cls, data: Any) -> Failure:
        """Read ``{"error": {…}}``; an empty failure for anything else."""
        error = data.get("error") if isinstance(data, Mapping) else None
        if isinstance(error, str):  # what the consent endpoints of other products write
            return cls(message=_text(data.get("error_message") or data.get("error_description") or error))
        if not isinstance(error, Mapping):
            return cls()
        title, text = _text(error.get("error_user_title")), _text(error.get("error_user_msg"))
        return cls(
            code=_int(error.get("code")),
            subcode=_int(error.get("error_subcode")),
            message=_text(error.get("message")),
            shown=f"{title}: {text}" if title and text and title not in text else text or title,
            transient=error.get("is_transient") is True,
            trace=_text(error.get("fbtrace_id"))[:40],
        )

    @property
    def is_duplicate(self) -> bool:
        """Whether it says that the same is there already: evidence of an attempt that went through."""
        return self.code == DUPLICATE or (self.code == ABUSIVE and "already posted" in self.message.lower())

    @property
    def is_clear_no(self) -> bool:
        """Whether the request itself is wrong, or not supported, or not this person's to make."""
        if self.code in FORBIDDEN:
            return self.subcode in UNSUPPORTED
        return self.code in INVALID or (self.code == 1 and self.subcode in NOT_ALLOWED)

    @property
    def name(self) -> str:
        """``190`` or ``190/463``; empty where there is no code."""
        return "" if not self.code else f"{self.code}/{self.subcode}" if self.subcode else str(self.code)

    @property
    def names_permission(self) -> bool:
        """Whether it says that the token lacks a permission, not only that this thing may not be done."""
        return bool(PERMISSION.search(self.message) or PERMISSION.search(self.shown))

    @property
    def named_permissions(self) -> frozenset[str]:
        """The permissions that it names; empty where it names none."""
        return frozenset(name.lower() for name in SCOPE.findall(f"{self.message} {self.shown}"))


def _int(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return 0
    try:
        number = int(str(value)[:12])
    except ValueError:
        return 0
    return number if abs(number) < 10**11 else 0


def _text(value: Any) -> str:
    return " ".join(value.split())[:LONGEST] if isinstance(value, str) else ""
