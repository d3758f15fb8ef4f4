"""One member's calls to LinkedIn's versioned API: its headers, its envelope of errors, and what they mean.

https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling and /rate-limits,
https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api#api-error-details (2026-11-30).
Limits are counted to midnight UTC; a 429 names no time. That a repeated text is refused with 422 ``DUPLICATE_POST`` is not
documented; it is seen in https://github.com/ComposioHQ/composio/issues/2710 and Arisamiga/Linkedin-RSS #5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import httpx
from django.utils.translation import gettext as _

from smeditor.exceptions import (
    AuthExpired,
    BadAnswer,
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    Refused,
    SmeditorError,
    Temporary,
)
from smeditor.networks.client import GuardedClient
from smeditor.networks.http import Answer, JsonApi, bounded, decode, objects
from smeditor.networks.rates import Rate, Rates

PROTOCOL = "2.0.0"
UPLOADS = ".linkedin.com"
"""Servers to which a file, and the token with it, may be sent."""
MINUTE = timedelta(minutes=1)
OVER = 426
"""The version of the API that was named is not answered any more."""
CONFLICT = 409
UPLOAD_BYTES_A_SECOND = 1_000_000


class LinkedInApi(JsonApi):
    """The API at ``server_url`` in ``version``, for the member of ``token``."""

    def __init__(
        self, server_url: str, token: str, version: str, client: GuardedClient, *, label: str, rates: Rates
    ) -> None:
        super().__init__(server_url, client, label=label, rates=rates)
        self.token = token
        self.version = version

    def ask(self, method: str, path: str, *, restli: str = "", effect: bool = False, **kwargs: Any) -> Answer:
        """Call ``/rest`` + ``path``; ``restli``: the method in Rest.li's words, where HTTP's does not say it."""
        headers = {**self.headers(), "LinkedIn-Version": self.version, "X-Restli-Protocol-Version": PROTOCOL}
        if restli:
            headers["X-RestLi-Method"] = restli
        return self.call(method, f"/rest{path}", effect=effect, headers=headers, **kwargs)

    def headers(self) -> dict[str, str]:
        """The header that says who calls. Raises AuthExpired where the token cannot stand in one."""
        token = self.token.strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise AuthExpired(_("The account's token is missing or not whole. Connect the account again."))
        return {"Authorization": f"Bearer {token}"}

    def pages(self, path: str, params: Mapping[str, str], count: int, most: int, restli: str = "") -> Iterator[Page]:
        """The pages of a list, ``count`` to a page and at most ``most`` of them; the last one says whether it is the end."""
        start = 0
        for place in range(most):
            asked = {**params, "start": str(start), "count": str(count)}
            data = self.ask("GET", path, params=asked, restli=restli).object("elements")
            if not isinstance(data["elements"], list):
                raise BadAnswer(_("The server answered with something else than a list."))
            elements = objects(data["elements"])
            following = has_next(data.get("paging"), start + len(elements))
            yield Page(elements, ended=not following, last=place == most - 1)
            if not following or not elements:
                return
            start += len(elements)

    def put(self, url: str, content: bytes | BinaryIO, size: int, *, with_token: bool) -> httpx.Headers:
        """Upload ``content`` to where LinkedIn said, and return the answer's headers. Readers see nothing of it.

        ``with_token``: the token goes along, as the pages for images and documents show it, and for videos not.
        """
        host, own = urlsplit(url).hostname or "", urlsplit(self.base_url)
        trusted = (host.endswith(UPLOADS) and url.startswith("https://")) or url.startswith(f"{self.base_url}/")
        if not trusted:
            raise BadAnswer(_("LinkedIn named a strange server for the upload."), cause=f"{host} beside {own.hostname}")
        headers = {"Content-Type": "application/octet-stream"} | (self.headers() if with_token else {})
        seconds = self.client.timeout + size / UPLOAD_BYTES_A_SECOND
        try:
            response = self.client.request("PUT", url, content=content, headers=headers, timeout=seconds)
        except OutcomeUnknown as error:
            raise Temporary(error.sentence, cause=error.cause) from error
        if response.status_code >= 300:
            raise self.error(response, datetime.now(UTC), effect=False, rate=None)
        return response.headers

    def describe(self, data: Any) -> tuple[str, str]:
        """Return (code, message) of LinkedIn's envelope, the code of the details where there is one."""
        if not isinstance(data, dict):
            return "", ""
        details = data.get("errorDetails")
        inputs = objects(details.get("inputErrors")) if isinstance(details, dict) else []
        code = next((str(item["code"]) for item in inputs if item.get("code")), "")
        code = code or str(data.get("code") or data.get("error") or "")
        return code, str(data.get("message") or data.get("error_description") or "")

    def error(self, response: httpx.Response, now: datetime, *, effect: bool, rate: Rate | None) -> NetworkError:
        """Return the error that an answer means."""
        found = super().error(response, now, effect=effect, rate=rate)
        status = response.status_code
        known: dict[str, Any] = {"status": found.status, "code": found.code, "cause": found.cause}
        message = found.cause.lower()
        if isinstance(found, RateLimited):
            until = midnight(now) if "day" in message else now + MINUTE if "throttled" in message else found.until
            return RateLimited(found.sentence, until=bounded(until, now), **known)
        if status == OVER:
            sentence = _(
                "LinkedIn does not answer version %(version)s of its API any more. Update the desk, or enter a newer version "
                "at the newsroom's app."
            )
            return Refused(sentence % {"version": self.version}, **known)
        if status == 403 and is_envelope(response):
            sentence = _(
                "LinkedIn does not permit this: a permission or the role on the page is missing. Connect it again."
            )
            return AuthExpired(sentence, **known)
        if status in {404, 410} and not is_envelope(response):
            return BadAnswer(_("%(host)s does not answer like LinkedIn's API.") % {"host": self.host}, **known)
        if status == CONFLICT:
            return Temporary(_("LinkedIn was changing the same thing at that moment. It will be tried again."), **known)
        if found.code == "DUPLICATE_POST":
            return Refused(_("LinkedIn refuses a text that the page has published already. Change it."), **known)
        return found


class Page:
    """Some of a list. ``ended``: nothing follows. ``last``: nothing more is read."""

    def __init__(self, elements: list[dict[str, Any]], *, ended: bool, last: bool) -> None:
        self.elements = elements
        self.ended = ended
        self.last = last


def has_next(paging: Any, read: int) -> bool:
    """Whether a list goes on, by its links (``rel`` next), else by its total."""
    if not isinstance(paging, dict):
        return False
    if any(link.get("rel") == "next" for link in objects(paging.get("links"))):
        return True
    total = paging.get("total")
    return isinstance(total, int) and not isinstance(total, bool) and total > read


def is_envelope(response: httpx.Response) -> bool:
    """Whether LinkedIn itself answered: an error is an object that repeats its status."""
    try:
        body = decode(response.content)
    except SmeditorError:
        return False
    return isinstance(body, dict) and body.get("status") == response.status_code


def midnight(now: datetime) -> datetime:
    """The next midnight UTC, at which LinkedIn begins to count anew."""
    return (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
