"""What a Mastodon server's refusals mean (https://docs.joinmastodon.org/entities/Error/)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
from django.utils.translation import gettext as _

from smeditor.exceptions import AuthExpired, BadAnswer, NetworkError, Refused, Temporary
from smeditor.networks.http import JsonApi
from smeditor.networks.rates import Rate

MISSING_PERMISSION = ("outside the authorized scopes", "insufficient permissions", "scope")
DEAD_LOGIN = ("invalid credentials", "login is currently disabled", "confirm", "pending approval", "suspended")
NOT_READY = ("have not finished processing", "try again in a moment")


class MastodonApi(JsonApi):
    """One Mastodon server. Its ``error`` member is a sentence, not a code; other servers answer in plain text."""

    rate_prefix = "X-RateLimit"

    def describe(self, data: Any) -> tuple[str, str]:
        """Return (name, description) of an error as Mastodon and its relatives write it, else empty ones."""
        if not isinstance(data, dict):
            return "", ""
        name = str(data.get("error") or data.get("errors") or "")
        return name, str(data.get("error_description") or name)

    def error(self, response: httpx.Response, now: datetime, *, effect: bool, rate: Rate | None) -> NetworkError:
        """Return the error that an answer means; a page of HTML where JSON was due says that no server answered."""
        found = super().error(response, now, effect=effect, rate=rate)
        known: dict[str, Any] = {"status": found.status, "code": found.code, "cause": found.cause}
        message, params = f"{found.code} {found.sentence}".lower(), {"host": self.host}
        if response.status_code in {404, 410} and is_page(response):
            return BadAnswer(
                _("%(host)s does not answer like a Mastodon server. Check the account's server address.") % params,
                **known,
            )
        if isinstance(found, Refused) and response.status_code == 403:
            if any(part in message for part in MISSING_PERMISSION):
                return AuthExpired(
                    _("The token for %(host)s lacks a permission. Connect the account again and grant it.") % params,
                    **known,
                )
            if any(part in message for part in DEAD_LOGIN):
                return AuthExpired(_("%(host)s does not let this account in at the moment.") % params, **known)
        if isinstance(found, Refused) and any(part in message for part in NOT_READY):
            return Temporary(_("%(host)s is still processing the image. It will be tried again.") % params, **known)
        return found


def is_page(response: httpx.Response) -> bool:
    """Whether the answer is a web page, so that its status says nothing about a message."""
    return "html" in response.headers.get("content-type", "") or response.content.lstrip()[:1] == b"<"
