"""What X asks for to connect an account: an app with credits, its keys, and the scopes of a consent.

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code (scopes, kinds of client),
https://docs.x.com/fundamentals/developer-apps and https://docs.x.com/x-api/getting-started/pricing, read 2026-11-30.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from smeditor.networks.connecting import Connecting, Scope, SecretField

API = "https://api.x.com"
SITE = "https://x.com"
CONSENT_PATH = "/i/oauth2/authorize"

HIDE_SCOPE, LIKE_SCOPE, LIKES_SCOPE, MEDIA_SCOPE = "tweet.moderate.write", "like.write", "like.read", "media.write"

SCOPES = (
    Scope("tweet.read", _("read back the account's own posts, mentions, replies and quotes")),
    Scope("tweet.write", _("publish and delete posts")),
    Scope("users.read", _("know which account it is, and who wrote a reply")),
    Scope("offline.access", _("stay connected: without it the connection ends after two hours")),
    Scope(MEDIA_SCOPE, _("publish images and videos"), required=False),
    Scope(HIDE_SCOPE, _("hide readers' replies and show them again"), required=False),
    Scope(LIKES_SCOPE, _("see who liked a post"), required=False),
    Scope(LIKE_SCOPE, _("like readers' replies"), required=False),
)
REQUIRED = frozenset(scope.name for scope in SCOPES if scope.required)

CONNECTING = Connecting(
    secrets=(),
    home_server=API,
    consent=True,
    needs=_("An app in X's Developer Console, with credits bought for it: X charges for each call."),
    app_fields=(
        SecretField("client_id", _("Client ID"), _("console.x.com → your app → Keys and tokens → OAuth 2.0.")),
        SecretField(
            "client_secret",
            _("Client secret"),
            _("Beside the client ID. Leave it empty for an app of the type “Native App”, which has none."),
            required=False,
        ),
        SecretField(
            "owner_handle",
            _("Owner of the app"),
            _(
                "The handle of the account that owns the app at X. X charges less for that account's own posts and "
                "mentions. Empty: everything is counted at the full price."
            ),
            required=False,
            public=True,
        ),
    ),
    scopes=SCOPES,
    steps=(
        _("Sign in at console.x.com with the account that shall own the app, and create a project and an app in it."),
        _("In the app open “User authentication settings” and set them up."),
        _("As app permissions choose “Read and write”."),
        _("As type of app choose “Web App, Automated App or Bot”."),
        _("As callback URI enter the address that this page shows below; it must match to the letter."),
        _("Copy the client ID and the client secret of OAuth 2.0 into the fields here. They are shown only once."),
        _("Buy credits in the console, and set a spending limit for each billing cycle there."),
        _("Press “Connect an account”, sign in to X with the newsroom's account and agree to all permissions."),
    ),
    notes=(
        _("X charges for each call: 0.20 US dollars for a post with a link, 0.015 for one without, less for reading."),
        _(
            "From apps without an Enterprise contract X takes a reply only where its author named the account or quoted "
            "one of its posts."
        ),
        _("From apps without an Enterprise contract X takes no quotes, no likes, and no second cashtag in a post."),
        _("Corrections are possible within thirty minutes, five times, and only where the account has X Premium."),
        _("Replies are found for seven days after they were written; who liked a post, up to a hundred people."),
        _("There is no review: the app works as soon as it has credits."),
    ),
)
