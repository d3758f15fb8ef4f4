"""What is done at LinkedIn before a page can be connected, and which permissions are asked for.

https://learn.microsoft.com/en-us/linkedin/marketing/quick-start, /increasing-access, /data-storage-requirements;
https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api#permissions and
/comments-api#permissions; https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens
(2026-11-30).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from smeditor.networks.connecting import Connecting, Scope, SecretField
from smeditor.networks.linkedin.version import API

WRITE, READ, ADMIN = "w_organization_social", "r_organization_social", "rw_organization_admin"
READ_FEED, WRITE_FEED = "r_organization_social_feed", "w_organization_social_feed"

CONNECTING = Connecting(
    secrets=(),
    home_server=API,
    needs=_("A page of your organisation, your role on it, and an app of your own that LinkedIn has approved."),
    consent=True,
    app_fields=(
        SecretField("client_id", _("Client ID"), _("LinkedIn for Developers: your app → Auth."), public=True),
        SecretField("client_secret", _("Primary Client Secret"), _("In the same place.")),
        SecretField(
            "api_version",
            _("Version of the API"),
            _("Empty: the version that the desk was tested with."),
            required=False,
            public=True,
        ),
    ),
    scopes=(
        Scope(WRITE, _("to publish, correct and delete the page's posts")),
        Scope(READ, _("to look whether a post is there when LinkedIn's answer was lost")),
        Scope(ADMIN, _("to find the pages on which you have a role")),
        Scope(READ_FEED, _("to read comments and reactions"), required=False),
        Scope(WRITE_FEED, _("to answer and like comments"), required=False),
    ),
    steps=(
        _(
            "At linkedin.com/developers choose “Create app”, name it after the desk and give it to your organisation's page."
        ),
        _("A super admin of the page confirms the app by the link under Settings → Verify."),
        _(
            "Under Products ask for “Community Management API”. LinkedIn wants an app without any other product, a "
            "registered organisation and an address of its domain."
        ),
        _("Under Auth → OAuth 2.0 settings add the redirect address that the desk shows here."),
        _("Copy Client ID and Primary Client Secret to here, then press “Connect” and choose the page."),
    ),
    notes=(
        _(
            "LinkedIn reviews the app: days for development access, weeks for the rest. With development access the number "
            "of calls a day is small."
        ),
        _(
            "A connection lasts 60 days. Unless LinkedIn approved your app for refresh tokens, a person must connect again "
            "each time; the desk says so in good time."
        ),
        _("A version of LinkedIn's API lives for about a year. The desk's own check says when a newer one is needed."),
        _(
            "LinkedIn's terms limit how long comments and what members did may be stored (see its data storage "
            "requirements): set the retention accordingly."
        ),
        _("The desk does not ask for readers' names there: a comment leads to LinkedIn, where they stand."),
        _("There is no thread: a longer text stands in one post, or in comments beneath it."),
    ),
)
