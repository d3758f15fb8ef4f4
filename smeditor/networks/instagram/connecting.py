"""How a professional account is connected: the app, its permissions, the consent, and the token that is kept alive.

https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-instagram-login/business-login and
…/instagram-platform/reference/access_token, …/reference/refresh_access_token (30 Nov 2026).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy

from smeditor.networks.connecting import Connecting, Consent, Scope, SecretField
from smeditor.networks.credentials import App, Credentials
from smeditor.networks.graph import sixty_days
from smeditor.networks.http import Answer, objects
from smeditor.networks.instagram.api import LABEL, OPTIONAL, InstagramApi
from smeditor.networks.instagram.parse import usable_id
from smeditor.networks.rates import Rates

if TYPE_CHECKING:
    from smeditor.networks.client import GuardedClient

HOME = "https://graph.instagram.com"
CONSENT_HOME = "https://www.instagram.com"
CODE_HOME = "https://api.instagram.com"
"""Three hosts: people consent on one, a code is exchanged on the second, everything else is asked of the third."""
COMMENTS = OPTIONAL[0]
CONNECTING = Connecting(
    secrets=(),
    home_server=HOME,
    consent=True,
    needs=gettext_lazy(
        "A professional Instagram account (business or creator), and an app at Meta for developers with the product"
        " Instagram."
    ),
    app_fields=(
        SecretField(
            "client_id",
            gettext_lazy("Instagram app ID"),
            gettext_lazy("Instagram → API setup with Instagram login. It is not the app's own ID."),
            public=True,
        ),
        SecretField(
            "client_secret", gettext_lazy("Instagram app secret"), gettext_lazy("On the same page, below the ID.")
        ),
        SecretField(
            "verify_token",
            gettext_lazy("Verify token of the webhooks"),
            gettext_lazy(
                "A long word of your own choice; type the same one where Meta asks for it. Empty: no webhooks."
            ),
            required=False,
        ),
        SecretField(
            "api_version",
            gettext_lazy("Version of the interface"),
            gettext_lazy("Empty: the one that this program was made for. To be set when Meta ends that one."),
            required=False,
        ),
    ),
    scopes=(
        Scope("instagram_business_basic", gettext_lazy("who the account is, and its own posts")),
        Scope("instagram_business_content_publish", gettext_lazy("publish images, carousels and reels")),
        Scope(COMMENTS, gettext_lazy("read the comments, answer them, hide and show them"), required=False),
    ),
    steps=(
        gettext_lazy(
            "In the Instagram app make the account professional: Settings → Account type and tools → Switch to"
            " professional account."
        ),
        gettext_lazy(
            "Go to developers.facebook.com/apps, create an app of the type Business and add the product Instagram."
        ),
        gettext_lazy(
            "Open Instagram → API setup with Instagram login and copy the Instagram app ID and secret into the form here."
        ),
        gettext_lazy(
            "Under “Set up Instagram business login” enter the return address that is shown here as OAuth redirect URI;"
            " it must be https."
        ),
        gettext_lazy(
            "Open App roles → Roles, add the Instagram account as an Instagram tester, and accept the invitation on"
            " instagram.com under Settings → Apps and websites → Tester invites."
        ),
        gettext_lazy("Press “Connect”, log in to the Instagram account and agree to every permission."),
        gettext_lazy(
            "For webhooks: Instagram → API setup → Configure webhooks, enter the address and the verify token that are"
            " shown here, and subscribe to comments."
        ),
    ),
    notes=(
        gettext_lazy(
            "While the app only serves accounts that are its testers, Meta need not review it. For others each permission"
            " must be approved for advanced access first, which takes days to weeks, and the business must be verified."
        ),
        gettext_lazy(
            "Webhooks of comments come only with advanced access and for public accounts; polling needs neither."
        ),
        gettext_lazy(
            "The token lasts 60 days and is renewed by itself ten days before it ends. Once it has ended it cannot be"
            " renewed: connect again."
        ),
        gettext_lazy(
            "There is no post without an image or a video, and images must be JPEG. Links in a text cannot be clicked."
        ),
        gettext_lazy(
            "A post can be neither edited nor deleted through this way of logging in: do both in the Instagram app."
        ),
        gettext_lazy(
            "Likes and shares do not come home, for Meta only counts them; stories are not published from here."
        ),
        gettext_lazy("To take the desk's access away: instagram.com, Settings → Apps and websites."),
    ),
)


def _server(app: App, server_url: str) -> str:
    return (server_url or app.server_url or HOME).rstrip("/")


def consent_url(app: App, redirect_uri: str, state: str, server_url: str = "") -> Consent:
    """Where a person consents. Instagram documents no PKCE: the code is bound to the app's secret and return address."""
    server = _server(app, server_url)
    query = {
        "client_id": sixty_days.app_key(app, "client_id", LABEL),
        "redirect_uri": redirect_uri,
        "scope": ",".join(scope.name for scope in CONNECTING.scopes),
        "response_type": "code",
        "state": state,
    }
    return Consent(f"{CONSENT_HOME if server == HOME else server}/oauth/authorize?{urlencode(query)}")


def exchange_code(
    app: App, redirect_uri: str, callback: Mapping[str, str], *, client: GuardedClient, server_url: str = ""
) -> Credentials:
    """Turn the code of a return into a token of sixty days. Raises Refused where the person or Meta said no."""
    code = sixty_days.code_of(callback, LABEL)
    server = _server(app, server_url)
    codes = InstagramApi(CODE_HOME if server == HOME else server, client, rates=Rates())
    first = _row(sixty_days.short_lived(codes, app, redirect_uri, code))
    api = InstagramApi(server, client, rates=Rates())
    token, expires_at = sixty_days.long_lived(api, app, sixty_days.usable_token(first), grant="ig_exchange_token")
    return Credentials(
        server,
        remote_id=usable_id(first.get("user_id")),
        secret={"access_token": token},
        expires_at=expires_at,
        scopes=sixty_days.read_scopes(first.get("permissions")),
    )


def _row(answer: Answer) -> Mapping[str, Any]:
    """What a code was exchanged for: the documentation shows it in a list, people also met it bare."""
    data = answer.object()
    return next(iter(objects(data.get("data"))), data)
