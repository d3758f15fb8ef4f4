"""Media at a public address, for the networks that fetch it themselves: signed, for an hour, and only what may leave.

The address names a delivery, a part and a piece of its media. What it leads to is decided when it is asked for: the
payload must be the approved one, the delivery on its way out, its time come and its embargo over.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from mimetypes import guess_extension

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from smeditor.exceptions import ConfigurationError, Gone
from smeditor.models import Delivery
from smeditor.networks.base import Media
from smeditor.networks.capabilities import Limits
from smeditor.publishing import payload
from smeditor.publishing.messages import media_of

SALT = "smeditor.public_media"
VALID_FOR = timedelta(hours=1)
ON_ITS_WAY = {Delivery.State.SCHEDULED, Delivery.State.SENDING, Delivery.State.UNKNOWN}


def address_of(delivery: Delivery, position: int, index: int, media_type: str = "image/jpeg") -> str:
    """The address at which the media ``index`` of the part ``position`` can be fetched for an hour.

    It ends as files of ``media_type`` do.

    Raises ConfigurationError where the site does not say at which address it can be reached.
    """
    base = str(getattr(settings, "WAGTAILADMIN_BASE_URL", "") or "").rstrip("/")
    if not base:
        raise ConfigurationError(
            _("The site's address is not known (WAGTAILADMIN_BASE_URL): no network can fetch media.")
        )
    token = signing.dumps([delivery.pk, position, index, delivery.payload_hash[:16]], salt=SALT, compress=True)
    name = f"file{guess_extension(media_type) or ''}"
    return f"{base}{reverse('smeditor_public_media', args=[token, name])}"


def media_at(token: str, now: datetime) -> Media:
    """The media to which the signed ``token`` leads at the aware time ``now``.

    Raises Gone for a forged or old address, and for media that may not leave the house; Refused and Temporary as
    :func:`smeditor.publishing.messages.media_of` does.
    """
    try:
        key, position, index, fingerprint = signing.loads(token, salt=SALT, max_age=VALID_FOR)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Gone(cause="signature") from error
    delivery = Delivery.objects.select_related("account", "post").filter(pk=key).first()
    if delivery is None or not _may_leave(delivery, fingerprint, now):
        raise Gone(cause="not on its way out")
    limits = Limits.from_json(delivery.account.limits) or Limits(max_length=1, unit="")
    try:
        entry = delivery.payload["parts"][position]["media"][index]
        media = media_of(entry, limits)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise Gone(cause="no such media") from error
    if media is None:
        raise Gone(cause="no such media")
    return media


def _may_leave(delivery: Delivery, fingerprint: str, now: datetime) -> bool:
    if delivery.state not in ON_ITS_WAY or not delivery.post.live:
        return False
    if delivery.slot > now or (delivery.not_before is not None and delivery.not_before > now):
        return False
    approved = payload.digest(delivery.payload)
    return approved == delivery.payload_hash == delivery.approved_hash and approved.startswith(fingerprint)
