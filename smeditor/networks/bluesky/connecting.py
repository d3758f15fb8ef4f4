"""What a person needs to connect a Bluesky account (https://docs.bsky.app/docs/get-started, 2026-11-30)."""

from django.utils.translation import gettext_lazy as _

from smeditor.networks.connecting import Connecting, SecretField

CONNECTING = Connecting(
    secrets=(
        SecretField(
            "app_password",
            _("App password"),
            _("Bluesky: Settings → Privacy and security → App passwords. Never the account's own password."),
        ),
    ),
    home_server="https://bsky.social",
    needs_handle=True,
    needs=_("An app password, which you make in the account's own settings."),
    steps=(
        _("In the Bluesky app, open Settings → Privacy and security → App passwords → Add app password."),
        _("Name it after the desk, and do not allow access to direct messages: the desk never needs it."),
        _("Type the handle, without the @, and the app password: four groups of letters."),
    ),
    notes=(
        _("An app password can be withdrawn alone and cannot change the account; it does not expire."),
        _("Nothing is reviewed: an app password works at once."),
    ),
)
