"""What connecting a channel takes: Google's consent screen and the newsroom's own app there.

https://developers.google.com/identity/protocols/oauth2/web-server and
https://developers.google.com/youtube/v3/guides/auth/server-side-web-apps (both read 2026-11-30).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from smeditor.networks.connecting import Connecting, Scope, SecretField

HOME = "https://youtube.googleapis.com"
AUTHORIZE = "https://accounts.google.com/o/oauth2/v2/auth"
TOKEN = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
REVOKE = "https://oauth2.googleapis.com/revoke"
FORCE_SSL = "https://www.googleapis.com/auth/youtube.force-ssl"

CONNECTING = Connecting(
    secrets=(),
    home_server=HOME,
    consent=True,
    needs=_("A project of the newsroom's own in Google Cloud, with the YouTube Data API switched on."),
    app_fields=(
        SecretField("client_id", _("Client ID"), _("Google Cloud: APIs & Services → Credentials.")),
        SecretField("client_secret", _("Client secret")),
    ),
    scopes=(Scope(FORCE_SSL, _("read the comments, answer them, correct or delete our answers, hide comments")),),
    steps=(
        _("In Google Cloud, create a project for the newsroom and switch on “YouTube Data API v3” in its library."),
        _("Under “Google Auth Platform”, describe the app for readers of the consent screen and add the scope."),
        _("Under “Audience”, publish the app: while it is in testing, its access ends after seven days."),
        _("Under “Clients”, create a client of the type “Web application” with the desk's own address for the return."),
        _("Copy the client ID and the client secret into the desk, then connect the account."),
        _("On Google's screen choose the channel itself, not the person who runs it, and leave the permission ticked."),
    ),
    notes=(
        _(
            "Google verifies apps that ask for this permission; until then its screen warns, and 100 people may connect."
        ),
        _("A project has 10,000 units a day, and 100 searches. An answer or a hidden comment costs 50 units."),
        _("The desk posts nothing on YouTube. Answers stand under the first comment of a thread."),
    ),
)


def endpoint(home: str, path: str, server_url: str) -> str:
    """An address of Google's sign-in; on another server than YouTube's own it lies there, under ``path``."""
    server = server_url.rstrip("/")
    return home if not server or server == HOME else f"{server}{path}"
