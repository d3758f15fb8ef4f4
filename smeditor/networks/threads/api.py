"""One call of the Threads API, and what its refusals mean where they are its own.

Its server is another than Facebook's, its manners are those of the Graph API (:mod:`smeditor.networks.graph`). What
several people met with Threads itself: ``24/4279009`` where a container that was ``FINISHED`` is not found when it is
published (gitroomhq/postiz-app#2047, trypostit/trypost#280, fbsamples/threads_api#70); ``100`` "nonexisting field
(status)" where the id is a post's and no container's (exileum/meta-mcp#143). That a token may travel in a header is not
in Threads' own documents; it is Meta's general rule, and public programs do it for every call.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
from django.utils.translation import gettext as _

from smeditor.exceptions import AuthExpired, Gone, NetworkError, Refused
from smeditor.networks.client import GuardedClient
from smeditor.networks.graph.errors import FORBIDDEN, LONGEST, Failure
from smeditor.networks.graph.sixty_days import TokenApi
from smeditor.networks.rates import Rates
from smeditor.redaction import redact

LABEL = "Threads"
VERSION = "v1.0"
NOT_FOUND = 24
LOST = "24/4279009"
NO_TOKEN = 2500
TOO_MANY_LINKS = "THREADS_API__LINK_LIMIT_EXCEEDED"
NO_SUCH_FIELD = "nonexisting field"


class ThreadsApi(TokenApi):
    """The server of the Threads API, or a double of it."""

    def __init__(self, base_url: str, client: GuardedClient, *, rates: Rates, token: str = "") -> None:
        super().__init__(base_url, client, label=LABEL, rates=rates, token=token)
        self.version = VERSION

    def meaning(
        self, failure: Failure, status: int, headers: httpx.Headers, now: datetime, *, effect: bool
    ) -> NetworkError:
        """Return the error that ``failure`` means: Threads' own codes first, then those of every Graph API."""
        message = redact(failure.shown or failure.message, LONGEST)
        cause = f"HTTP {status} {failure.name} {failure.message} {failure.trace}"
        known: dict[str, Any] = {"status": status, "code": failure.name, "cause": cause}
        params = {"network": self.label, "said": message or failure.name}
        if failure.code == NOT_FOUND:
            return Gone(_("%(network)s says that this does not exist (any more): %(said)s") % params, **known)
        if failure.code == NO_TOKEN and "access token" in failure.message:
            sentence = _("%(network)s no longer accepts the account's token. Connect it again.")
            return AuthExpired(sentence % params, **known)
        if failure.code in FORBIDDEN and ("permission" in failure.message.lower() or "threads_" in failure.message):
            sentence = _(
                "%(network)s says that a permission is missing: %(said)s Connect the account again and grant it."
            )
            return AuthExpired(sentence % params, **known)
        if TOO_MANY_LINKS in failure.message or TOO_MANY_LINKS in failure.shown:
            return Refused(_("%(network)s takes no more than five links in one post.") % params, **known)
        return super().meaning(failure, status, headers, now, effect=effect)


def lacks_permission(error: NetworkError) -> bool:
    """Whether an error says that a permission was not granted, and nothing of the token itself."""
    number = error.code.partition("/")[0]
    return number.isdigit() and int(number) in FORBIDDEN
