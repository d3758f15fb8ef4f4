"""How an account of Threads is connected: the app, its permissions, the consent, and the token that is kept alive.

https://developers.facebook.com/documentation/threads/get-started, …/get-started/get-access-tokens-and-permissions,
…/get-started/long-lived-tokens (30 Nov 2026).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smeditor.exceptions import AuthExpired, NetworkError, RateLimited
from smeditor.networks.connecting import Connecting, Consent, Scope, SecretField
from smeditor.networks.credentials import App, Credentials
from smeditor.networks.graph import sixty_days
from smeditor.networks.http import an_object
from smeditor.networks.rates import Rates
from smeditor.networks.threads.api import LABEL, ThreadsApi
from smeditor.networks.threads.parse import usable_id

if TYPE_CHECKING:
    from smeditor.networks.client import GuardedClient

HOME = "https://graph.threads.net"
CONSENT_HOME = "https://www.threads.net"
"""Where people consent is another host than where programs ask (Meta's collection: ``authorization_host``)."""

READING = "threads_read_replies"
MENTIONS = "threads_manage_mentions"
INSIGHTS = "threads_manage_insights"
CONNECTING = Connecting(
    secrets=(),
    home_server=HOME,
    consent=True,
    needs=gettext_lazy(
        "An app at Meta for developers with the use case “Access the Threads API”, and a Threads profile that is public."
    ),
    app_fields=(
        SecretField(
            "client_id",
            gettext_lazy("Threads app ID"),
            gettext_lazy("App settings → Basic → Threads app ID. It is not the app's own ID, which stands above it."),
            public=True,
        ),
        SecretField(
            "client_secret", gettext_lazy("Threads app secret"), gettext_lazy("On the same page, below the ID.")
        ),
        SecretField(
            "verify_token",
            gettext_lazy("Verify token of the webhooks"),
            gettext_lazy(
                "A long word of your own choice; type the same one where Meta asks for it. Empty: no webhooks."
            ),
            required=False,
        ),
    ),
    scopes=(
        Scope("threads_basic", gettext_lazy("who the account is, and its own posts")),
        Scope("threads_content_publish", gettext_lazy("publish posts")),
        Scope(READING, gettext_lazy("read the replies under its posts"), required=False),
        Scope(
            "threads_manage_replies",
            gettext_lazy("answer readers, hide and show their replies, choose who may answer"),
            required=False,
        ),
        Scope(MENTIONS, gettext_lazy("read the posts that name the account"), required=False),
        Scope(INSIGHTS, gettext_lazy("read how its posts fared"), required=False),
        Scope("threads_delete", gettext_lazy("delete a post of its own"), required=False),
    ),
    steps=(
        gettext_lazy(
            "Go to developers.facebook.com/apps, create an app and choose the use case “Access the Threads API”."
        ),
        gettext_lazy(
            "Open Use cases → Access the Threads API → Customize → Permissions and add threads_basic,"
            " threads_content_publish, threads_read_replies, threads_manage_replies, threads_manage_mentions,"
            " threads_manage_insights and threads_delete."
        ),
        gettext_lazy(
            "Under Settings of the same use case enter the return address that is shown here as redirect callback URL;"
            " it must be https."
        ),
        gettext_lazy(
            "Open App roles → Roles, add the Threads profile as a Threads tester, and accept the invitation on"
            " threads.com under Settings → Account → Website permissions → Invites."
        ),
        gettext_lazy(
            "Copy the Threads app ID and the Threads app secret from App settings → Basic into the form here."
        ),
        gettext_lazy("Press “Connect”, log in to the Threads profile and agree to every permission."),
        gettext_lazy(
            "For webhooks: Use cases → Customize → Settings → Webhooks, enter the address and the verify token that are"
            " shown here, and subscribe to replies, mentions and delete."
        ),
    ),
    notes=(
        gettext_lazy(
            "While the app only serves profiles that are its testers, Meta need not review it. For others each"
            " permission must be approved first, which takes days to weeks, and the business must be verified."
        ),
        gettext_lazy(
            "Webhooks only come once the app is live and, for some apps, has advanced access; polling needs neither."
        ),
        gettext_lazy(
            "The token lasts 60 days and is renewed by itself ten days before it ends. Once it has ended it cannot be"
            " renewed: connect again."
        ),
        gettext_lazy("A post cannot be edited through Meta's interface: delete it and publish again, or answer it."),
        gettext_lazy(
            "Quotes come home only where they name the account; likes and reposts do not, for Meta only counts them."
        ),
        gettext_lazy("To take the desk's access away: threads.com, Settings → Account → Website permissions."),
    ),
)


def _server(app: App, server_url: str) -> str:
    return (server_url or app.server_url or HOME).rstrip("/")


def consent_url(app: App, redirect_uri: str, state: str, server_url: str = "") -> Consent:
    """Where a person consents. Threads documents no PKCE: the code is bound to the app's secret and return address."""
    server = _server(app, server_url)
    home = CONSENT_HOME if server == HOME else server
    query = {
        "client_id": sixty_days.app_key(app, "client_id", LABEL),
        "redirect_uri": redirect_uri,
        "scope": ",".join(scope.name for scope in CONNECTING.scopes),
        "response_type": "code",
        "state": state,
    }
    return Consent(f"{home}/oauth/authorize?{urlencode(query)}")


def exchange_code(
    app: App, redirect_uri: str, callback: Mapping[str, str], *, client: GuardedClient, server_url: str = ""
) -> Credentials:
    """Turn the code of a return into a token of sixty days. Raises Refused where the person or Meta said no."""
    code = sixty_days.code_of(callback, LABEL)
    server = _server(app, server_url)
    api = ThreadsApi(server, client, rates=Rates())
    first = sixty_days.short_lived(api, app, redirect_uri, code).object("access_token", "user_id")
    token, expires_at = sixty_days.long_lived(api, app, sixty_days.usable_token(first), grant="th_exchange_token")
    return Credentials(
        server,
        remote_id=usable_id(first["user_id"]),
        secret={"access_token": token},
        expires_at=expires_at,
    )


def examined(api: ThreadsApi, credentials: Credentials) -> Credentials:
    """Credentials with the scopes and the expiry that ``/debug_token`` names; as they are where it does not answer.

    https://developers.facebook.com/documentation/threads/troubleshooting/debug-access-token (30 Nov 2026).
    """
    token = sixty_days.token_of(credentials)
    try:
        answer = api.outside("GET", "/debug_token", params={"input_token": token}, token=token).object("data")
        data = an_object(answer["data"])
    except (AuthExpired, RateLimited):
        raise
    except NetworkError:
        return credentials
    scopes, ends = data.get("scopes"), data.get("expires_at")
    if data.get("is_valid") is False:
        raise AuthExpired(_("%(host)s no longer accepts the account's token. Connect it again.") % {"host": LABEL})
    if isinstance(scopes, list):
        credentials = replace(credentials, scopes=frozenset(name for name in scopes if isinstance(name, str)))
    if isinstance(ends, int) and not isinstance(ends, bool) and 1_000_000_000 < ends < 10_000_000_000:
        credentials = replace(credentials, expires_at=datetime.fromtimestamp(ends, UTC))
    return credentials
