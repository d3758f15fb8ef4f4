"""What is needed to connect a page, step by step.

Sources, read 2026-11-30: https://developers.facebook.com/documentation/pages-api/posts (permissions and tasks),
https://developers.facebook.com/docs/pages-api/webhooks-for-pages (``pages_manage_metadata``),
https://developers.facebook.com/docs/permissions, https://developers.facebook.com/docs/resp-plat-initiatives/individual-processes/app-review.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from smeditor.networks.connecting import Connecting, Scope, SecretField
from smeditor.networks.graph.version import GRAPH

CREATE, MODERATE = "CREATE_CONTENT", "MODERATE"
SCOPES = (
    Scope("pages_show_list", _("To show you the pages among which you choose.")),
    Scope("pages_read_engagement", _("To read the page's own posts, and to look whether a post went out.")),
    Scope("pages_manage_posts", _("To publish, correct and delete posts.")),
    Scope(
        "pages_read_user_content", _("To read what readers write under the posts, and who wrote it."), required=False
    ),
    Scope("pages_manage_engagement", _("To answer, hide and like comments, and for first comments."), required=False),
    Scope("pages_manage_metadata", _("To be told at once when readers write (webhooks)."), required=False),
)
"""``pages_read_user_content`` is what the permissions' reference calls it; the guide on posts writes
``pages_read_user_engagement``, which is no permission there."""

CONNECTING = Connecting(
    secrets=(),
    home_server=GRAPH,
    consent=True,
    needs=_("An app of the newsroom's own at Meta for Developers, and a person who may create content on the page."),
    app_fields=(
        SecretField("client_id", _("App ID"), _("Meta for Developers: your app → App settings → Basic."), public=True),
        SecretField("client_secret", _("App secret"), _("In the same place. It also signs the webhooks.")),
        SecretField(
            "verify_token",
            _("Verify token"),
            _("Any long word of your own choice. Type the same at Meta where the webhook is set up."),
            required=False,
        ),
        SecretField(
            "config_id",
            _("Configuration ID"),
            _("Only for Facebook Login for Business: the ID of the configuration that you created there."),
            required=False,
            public=True,
        ),
        SecretField(
            "api_version",
            _("Version of the Graph API"),
            _("Empty: the version that the desk was tested with."),
            required=False,
            public=True,
        ),
        SecretField(
            "publish_directly",
            _("Publish in one request"),
            _(
                "Empty: a post is first made unpublished and then published, so that it can never appear twice. Write "
                "“yes” if Meta refuses that for your app."
            ),
            required=False,
            public=True,
        ),
    ),
    scopes=SCOPES,
    steps=(
        _("At developers.facebook.com, create an app of the type “Business” and add the use case for managing pages."),
        _("Under “Facebook Login”, enter the desk's return address as a valid OAuth redirect URI."),
        _("Under “App settings → Basic”, copy the app ID and the app secret into the desk."),
        _(
            "Under “Webhooks”, choose the object “Page”, enter the desk's webhook address and a verify token of your own, "
            "and subscribe to the fields “feed” and “mention”. Type the same verify token into the desk."
        ),
        _("Switch the app to “Live”: what an app in development publishes is seen only by people with a role in it."),
        _(
            "Let somebody who may create content and moderate on the page connect it, and grant all the permissions that "
            "are asked for."
        ),
    ),
    notes=(
        _(
            "For pages of your own business, the permissions work without a review as long as the people who connect them "
            "have a role in the app or the business. For others Meta reviews the app, which takes days to weeks."
        ),
        _("A page's access ends when the person who connected it leaves the page or changes their password."),
        _("Only posts that the desk itself published can be edited through it."),
        _("Who shared a post, and how a link's card looks, Facebook does not tell."),
    ),
)
