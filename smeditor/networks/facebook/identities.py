"""The pages among which a person chooses, and what a page's token must be.

https://developers.facebook.com/docs/graph-api/reference/user/accounts (read 2026-11-30): the pages that the person granted, each
with its own token and the tasks that the person may do there.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from smeditor.exceptions import AuthExpired, BadAnswer, Gone, Refused, Temporary
from smeditor.networks.base import Credentials, Identity
from smeditor.networks.facebook.connecting import CREATE, MODERATE, SCOPES
from smeditor.networks.facebook.parse import A_PAGE, PROFILE_FIELDS, read_profile
from smeditor.networks.graph import Token, inspect, pages

if TYPE_CHECKING:
    from smeditor.networks.facebook.network import Facebook

MOST_PAGES = 10
MOST_UNLISTED = 50
PAGE = 100


def read_identities(network: Facebook) -> list[Identity]:
    """The pages of the person who consented, those that can be connected first."""
    params = {"fields": f"{PROFILE_FIELDS},access_token,tasks", "limit": PAGE}
    found = [
        identity(network, data)
        for page in pages(network.api, "/me/accounts", params, MOST_PAGES)
        for data in page.items
        if data.get("id")
    ]
    found += unlisted(network, {known.profile.remote_id for known in found})
    return sorted(found, key=lambda known: (bool(known.note), known.profile.display_name.casefold()))


def unlisted(network: Facebook, listed: set[str]) -> list[Identity]:
    """Pages that were granted, and that the list leaves out: those of business portfolios are sometimes missing there.

    https://github.com/trypostit/trypost/pull/292: asked for by their ids, which the token's granular scopes name, they come.
    """
    try:
        targets = inspect(network.api, network.api.token).targets
    except (BadAnswer, Refused, Temporary):
        return []
    granted = targets.get("pages_show_list", frozenset()) | targets.get("pages_manage_posts", frozenset())
    found = []
    for page_id in sorted(granted - listed)[:MOST_UNLISTED]:
        if A_PAGE.fullmatch(page_id):
            with contextlib.suppress(Gone, Refused, BadAnswer, Temporary):
                data = network.api.call("GET", f"/{page_id}", params={"fields": f"{PROFILE_FIELDS},access_token"})
                found.append(identity(network, data.object("id")))
    return found


def identity(network: Facebook, data: dict[str, Any]) -> Identity:
    """One page, with its own token in the place of the person's."""
    profile = read_profile(data)
    token = data.get("access_token")
    usable = isinstance(token, str) and 0 < len(token) <= 4000
    given = network.credentials
    credentials = Credentials(
        server_url=given.server_url,
        handle=profile.handle,
        remote_id=profile.remote_id,
        secret={"access_token": str(token)} if usable else {},
        refresh_expires_at=given.refresh_expires_at,
        scopes=given.scopes,
    )
    return Identity(profile, credentials, missing_tasks(data.get("tasks")) if usable else _no_token())


def _no_token() -> str:
    return _("Facebook gives no access to this page: it was not chosen in the consent, or you have no role on it.")


def missing_tasks(tasks: Any) -> str:
    """Why the person cannot do on a page what the desk needs; empty where they can, or Facebook does not tell."""
    if not isinstance(tasks, list):
        return ""
    known = {str(task) for task in tasks}
    if CREATE not in known and "PROFILE_PLUS_CREATE_CONTENT" not in known:
        return _("You may not publish on this page. Somebody with full control of it must let you create content.")
    if MODERATE not in known and "PROFILE_PLUS_MODERATE" not in known:
        return _("You may publish on this page, but not answer or hide comments. Somebody must let you moderate it.")
    return ""


def check_token(network: Facebook, token: Token) -> None:
    """Raise AuthExpired, with what to do, where a token is not a page's that can publish."""
    if token.kind != "PAGE":
        sentence = _(
            "This is the access of a person, not that of the page: with it nothing can be published. Connect the account "
            "again and choose the page."
        )
        raise AuthExpired(sentence, cause=f"a token of the kind {token.kind}", code="kind")
    if network.credentials.remote_id and token.profile_id and token.profile_id != network.credentials.remote_id:
        raise AuthExpired(_("This is the access of another page. Connect the account again."), code="page")
    missing = [scope.name for scope in SCOPES if scope.required and not token.grants(scope.name, token.profile_id)]
    if missing:
        sentence = _(
            "Facebook was not given every permission that the desk needs: %(names)s. Connect the account again."
        )
        raise AuthExpired(sentence % {"names": ", ".join(missing)}, code="scopes")


def page_of_token(token: Token) -> str:
    """The page's id. Raises BadAnswer where Meta names none."""
    if not token.profile_id.isdigit():
        raise BadAnswer(cause="a page's token without its page")
    return token.profile_id
