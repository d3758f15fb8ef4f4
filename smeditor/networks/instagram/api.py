"""One call of the Instagram API, and what its refusals mean where they are its own.

The codes are those of
https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/error-codes (30 Nov 2026).
What several people met: ``4/2207051`` for a post that was live all the same (gitroomhq/postiz-app#1681), ``9007/2207027``
for a container that is not ready (exileum/meta-mcp#138), ``9004/2207052`` for one image of six on the same host
(gitroomhq/postiz-app#1900), ``100/33`` for a container that is there (gitroomhq/postiz-app#1562).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
from django.utils.translation import gettext as _

from smeditor.exceptions import Gone, NetworkError, OutcomeUnknown, PreparationLost, RateLimited, Refused, Temporary
from smeditor.networks.client import GuardedClient
from smeditor.networks.credentials import App
from smeditor.networks.graph.errors import LONGEST, Failure
from smeditor.networks.graph.sixty_days import TokenApi
from smeditor.networks.http import bounded
from smeditor.networks.rates import Rates
from smeditor.redaction import redact

LABEL = "Instagram"
USE_CASES = ("instagram",)
OPTIONAL = ("instagram_business_manage_comments",)
"""Permissions without which the account publishes all the same, so that the lack of one is no end of its token."""
SUSPECTED, TOO_MANY_POSTS, NOT_READY, EXPIRED = 2207051, 2207042, 2207027, 2207020
LOST = {2207006, 2207008}
"""The container is not known, or no longer."""
NOT_FETCHED = {2207003, 2207052}
NOT_MADE = {2207001, 2207032, 2207053}
QUOTA_PAUSE = timedelta(hours=1)


class InstagramApi(TokenApi):
    """The server of the Instagram API, or a double of it."""

    def __init__(
        self, base_url: str, client: GuardedClient, *, rates: Rates, app: App | None = None, token: str = ""
    ) -> None:
        super().__init__(
            base_url,
            client,
            label=LABEL,
            rates=rates,
            app=app,
            token=token,
            use_cases=USE_CASES,
            optional_scopes=OPTIONAL,
        )

    def meaning(
        self, failure: Failure, status: int, headers: httpx.Headers, now: datetime, *, effect: bool
    ) -> NetworkError:
        """Return the error that ``failure`` means: Instagram's own codes first, then those of every Graph API."""
        message = redact(failure.shown or failure.message, LONGEST)
        cause = f"HTTP {status} {failure.name} {failure.message} {failure.trace}"
        known: dict[str, Any] = {"status": status, "code": failure.name, "cause": cause}
        params = {"network": self.label, "said": message or failure.name}
        if failure.subcode == SUSPECTED:
            if effect:
                sentence = _("%(network)s takes the post for spam, and may have published it all the same: %(said)s")
                return OutcomeUnknown(sentence % params, **known)
            sentence = _("%(network)s holds the account back for a while: %(said)s")
            return RateLimited(sentence % params, until=bounded(now + QUOTA_PAUSE, now), **known)
        if failure.subcode == TOO_MANY_POSTS or failure.code == 9:
            sentence = _("%(network)s takes no more posts from this account today. It goes on by itself.")
            return RateLimited(sentence % params, until=bounded(now + QUOTA_PAUSE, now), **known)
        if failure.subcode == EXPIRED:
            return PreparationLost(
                _("%(network)s has forgotten what was prepared. It is prepared anew.") % params, **known
            )
        if failure.subcode == NOT_READY or failure.code == 9007:
            sentence = _("%(network)s is not done yet with what it was given. It will be tried again.")
            return Temporary(sentence % params, **known)
        if failure.subcode in LOST or failure.code == 24:
            return Gone(_("%(network)s says that this does not exist (any more): %(said)s") % params, **known)
        if not effect and failure.subcode in NOT_FETCHED:
            sentence = _("%(network)s could not fetch an image or a video. It will be tried again. %(said)s")
            return Temporary(sentence % params, **known)
        if not effect and failure.subcode in NOT_MADE:
            return Temporary(_("%(network)s has a problem: %(said)s It will be tried again.") % params, **known)
        if failure.code in {25, 352, 9004, *range(36000, 36100)}:
            return Refused(_("%(network)s refused: %(said)s") % params, **known)
        return super().meaning(failure, status, headers, now, effect=effect)
