"""What a person needs to connect a Mastodon account (https://docs.joinmastodon.org/api/oauth-scopes/, 2026-11-30)."""

from django.utils.translation import gettext_lazy as _

from smeditor.networks.connecting import Connecting, Scope, SecretField

CONNECTING = Connecting(
    secrets=(
        SecretField("access_token", _("Access token"), _("Mastodon: Preferences → Development → your application.")),
    ),
    needs=_("An application that you create in the account's own preferences on its server, and its access token."),
    scopes=(
        Scope(
            "read",
            _(
                "who we are, our own posts (to read back a doubtful one), notifications, threads, names while one writes"
            ),
        ),
        Scope("write:statuses", _("publish, correct, delete")),
        Scope("write:media", _("images with their alt text")),
        Scope("write:favourites", _("like what a reader wrote"), required=False),
    ),
    steps=(
        _("Log in to the account on its server, open Preferences → Development → New application."),
        _(
            "Name it after the newsroom, for example “Our paper, social desk”: the name is shown under each post, and the "
            "desk uses it to tell its own posts from those that somebody typed in another application."
        ),
        _("Tick the scopes read, write:statuses, write:media and write:favourites, and no others."),
        _("Save, open the application again and copy “Your access token” into the account's form."),
        _("The server's address is the one in the browser (https://social.example), without a path."),
    ),
    notes=(
        _(
            "The token does not expire by itself: it ends when somebody deletes the application or changes the password "
            "with “log out everywhere”."
        ),
        _("Nothing is reviewed: an application works at once."),
    ),
)
