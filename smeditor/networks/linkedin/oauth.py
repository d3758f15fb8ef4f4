"""A member's consent, the token that it gives, and the pages that the member may act for.

https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow, /programmatic-refresh-tokens and
https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/organization-access-control-by-role
(2026-11-30). A token lives for 60 days; only apps that LinkedIn approved for it are given a refresh token, whose 365 days
begin with the consent and are not prolonged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from smeditor.exceptions import AuthExpired, BadAnswer, Gone, NetworkError, RateLimited, Refused
from smeditor.networks.base import App, Consent, Credentials, Identity, Profile
from smeditor.networks.client import GuardedClient
from smeditor.networks.http import JsonApi, an_object
from smeditor.networks.linkedin import parse, urns
from smeditor.networks.linkedin.connecting import CONNECTING
from smeditor.networks.linkedin.version import API, site_of
from smeditor.networks.rates import Rates

if TYPE_CHECKING:
    from smeditor.networks.linkedin.network import LinkedIn

LABEL = "LinkedIn"
LONGEST_LIFE = 10 * 365 * 24 * 3600
POSTS = {"ADMINISTRATOR", "CONTENT_ADMIN", "CONTENT_ADMINISTRATOR", "DIRECT_SPONSORED_CONTENT_POSTER"}
"""Roles that may publish (posts-api#permissions); the second one is written in two ways in LinkedIn's pages."""
MOST_PAGES = 50


def consent(app: App, redirect_uri: str, state: str, server_url: str) -> Consent:
    """Where a member consents to all scopes at once: LinkedIn refuses the whole where the app may not ask for one."""
    params = {
        "response_type": "code",
        "client_id": key_of(app, "client_id"),
        "redirect_uri": redirect_uri,
        "state": state,
        "scope": " ".join(scope.name for scope in CONNECTING.scopes),
    }
    return Consent(f"{site_of(server_of(app, server_url))}/oauth/v2/authorization?{urlencode(params)}")


def exchanged(
    app: App, redirect_uri: str, callback: Mapping[str, str], client: GuardedClient, server_url: str
) -> Credentials:
    """Turn the return of a member into credentials. Raises Refused where they said no or the code is spent."""
    if callback.get("error"):
        if callback["error"].startswith("user_cancelled"):
            raise Refused(_("The connection was cancelled at LinkedIn. Nothing was connected."))
        if "scope" in callback["error"]:
            sentence = _(
                "LinkedIn has not approved your app for a permission that the desk asks for. See its Products."
            )
            raise Refused(sentence, code="scope")
        raise Refused(_("LinkedIn did not connect: %(reason)s") % {"reason": callback["error"][:100]})
    given = {"grant_type": "authorization_code", "code": callback.get("code", ""), "redirect_uri": redirect_uri}
    server = server_of(app, server_url)
    try:
        answer = _token(app, given, client, server)
    except AuthExpired as error:
        raise Refused(_("LinkedIn took the code no more. Connect once again."), status=error.status) from error
    return _credentials(answer, Credentials(server))


def refreshed(app: App, credentials: Credentials, client: GuardedClient) -> Credentials:
    """Fresh credentials by the refresh token. Raises AuthExpired where there is none, or LinkedIn takes it no more."""
    token = credentials.secret.get("refresh_token", "")
    if not token:
        raise AuthExpired(_("The connection with LinkedIn has ended after 60 days. Connect the page again."))
    try:
        answer = _token(
            app, {"grant_type": "refresh_token", "refresh_token": token}, client, credentials.server_url or API
        )
    except Refused as error:
        raise AuthExpired(
            _("LinkedIn does not renew the connection. Connect the page again."), cause=error.cause
        ) from error
    return _credentials(answer, credentials)


def _token(app: App, given: Mapping[str, str], client: GuardedClient, server: str) -> dict[str, Any]:
    api = JsonApi(site_of(server), client, label=LABEL, rates=Rates())
    form = {**given, "client_id": key_of(app, "client_id"), "client_secret": key_of(app, "client_secret")}
    return api.call("POST", "/oauth/v2/accessToken", data=form).object("access_token")


def _credentials(answer: dict[str, Any], known: Credentials) -> Credentials:
    """What a token answer says; a refresh token that is not repeated stays, with its end."""
    token, again = answer["access_token"], answer.get("refresh_token")
    if not isinstance(token, str) or not token:
        raise BadAnswer(_("LinkedIn gave no usable token."))
    secret = {"access_token": token}
    ends = _end(answer.get("expires_in"))
    until = known.refresh_expires_at
    if isinstance(again, str) and again:
        secret["refresh_token"], until = again, _end(answer.get("refresh_token_expires_in")) or until
    elif known.secret.get("refresh_token"):
        secret["refresh_token"] = known.secret["refresh_token"]
    else:
        until = ends  # nobody but a person renews it
    scope = answer.get("scope")
    scopes = frozenset(re.split(r"[\s,]+", scope.strip())) if isinstance(scope, str) and scope.strip() else known.scopes
    return replace(known, secret=secret, expires_at=ends, refresh_expires_at=until, scopes=scopes)


def _end(seconds: Any) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds <= LONGEST_LIFE:
        return None
    return datetime.now(UTC) + timedelta(seconds=seconds)


def key_of(app: App, name: str) -> str:
    """A key of the newsroom's app. Raises Refused where it was not entered."""
    value = app.keys.get(name, "").strip()
    if not value:
        raise Refused(_("First enter Client ID and Primary Client Secret of your app at LinkedIn."))
    return value


def server_of(app: App, server_url: str) -> str:
    """The API's address that is meant."""
    return (server_url or app.server_url or API).rstrip("/")


# pages


def roles(network: LinkedIn) -> dict[str, set[str]]:
    """The member's approved roles by the URN of the page."""
    found: dict[str, set[str]] = {}
    asked = {"q": "roleAssignee", "state": "APPROVED"}
    for page in network.api.pages("/organizationAcls", asked, MOST_PAGES, 4, restli="FINDER"):
        for acl in page.elements:
            urn = urns.text_of(acl.get("organization") or acl.get("organizationTarget"), urns.ORGANIZATION)
            if urn:
                found.setdefault(urn, set()).add(str(acl.get("role")))
    return found


def identities(network: LinkedIn) -> list[Identity]:
    """The pages that the member has a role on; a note says where it does not suffice."""
    found = []
    for urn, held in list(roles(network).items())[:MOST_PAGES]:
        profile = profile_of(network, urn)
        credentials = replace(network.credentials, remote_id=urn, handle=profile.handle)
        found.append(Identity(profile, credentials, "" if held & POSTS else note_on(held)))
    return found


def note_on(held: set[str]) -> str:
    """Why roles do not suffice, in a sentence."""
    sentence = _(
        "Your role on this page does not allow publishing (%(roles)s). A super admin of the page can change it."
    )
    return sentence % {"roles": ", ".join(sorted(held))[:200]}


def profile_of(network: LinkedIn, urn: str) -> Profile:
    """The page ``urn`` as LinkedIn describes it."""
    number = urn.rpartition(":")[2]
    return parse.read_profile(network.api.ask("GET", f"/organizations/{number}").object("id"), urn)


def followers_of(network: LinkedIn, urn: str) -> int | None:
    """How many follow the page; None where LinkedIn does not say."""
    path = f"/networkSizes/{urns.encoded(urn)}?edgeType=COMPANY_FOLLOWED_BY_MEMBER"
    try:
        size = an_object(network.api.ask("GET", path).data, "firstDegreeSize")["firstDegreeSize"]
    except RateLimited:
        raise
    except (NetworkError, Gone):
        return None
    return size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None
