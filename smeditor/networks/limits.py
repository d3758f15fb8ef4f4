"""What a network's declared limits say of one message: the one place that the counter, the checks and the sending ask.

Everything depends on the network itself: how long a text is (:meth:`Network.length`), what its server allows
(:attr:`Network.limits_in_force`), what its messages can carry (:class:`Capabilities`, :meth:`Network.losses`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smeditor.networks.base import Image, Limits, Message, Network


@dataclass(frozen=True)
class Measure:
    """A text held against a limit: its length and the limit in ``unit``; what remains (negative: too much).

    ``bytes`` and ``byte_limit``: UTF-8 bytes where the network limits these as well, else None. ``fits`` regards both.
    """

    count: int
    limit: int
    unit: str
    bytes: int | None = None
    byte_limit: int | None = None

    @property
    def remaining(self) -> int:
        """How much more fits, in ``unit``; negative where the text is too long."""
        return self.limit - self.count

    @property
    def too_many_bytes(self) -> bool:
        """Whether the text has more UTF-8 bytes than the network takes; False where it limits none."""
        return self.bytes is not None and self.byte_limit is not None and self.bytes > self.byte_limit

    @property
    def fits(self) -> bool:
        """Whether the network takes the text: by its length and by its bytes."""
        return self.remaining >= 0 and not self.too_many_bytes

    @property
    def over(self) -> int:
        """By how much it is too long, in ``unit``; 1 where only its bytes are too many; 0 when it fits."""
        return max(-self.remaining, int(self.too_many_bytes), 0)


@dataclass(frozen=True)
class Breach:
    """Something of a message that the network would refuse. ``code`` for programs, ``sentence`` for a person."""

    code: str
    sentence: str
    over: int = 0


def measure(network: Network, text: str, content_warning: str = "") -> Measure:
    """Hold a text, with the content warning that goes before it, against the limits of the account's server."""
    limits = network.limits_in_force
    size = len(text.encode("utf-8", "replace")) if limits.max_bytes else None
    length = network.length(text, content_warning)
    return Measure(length, limits.max_length, limits.unit, size, limits.max_bytes)


def breaches(network: Network, message: Message) -> Iterator[Breach]:
    """All that the network would refuse of ``message``, by its declared limits and capabilities."""
    measured = measure(network, message.text, message.content_warning)
    if measured.over:
        sentence = ngettext("The text is too long by %(over)d.", "The text is too long by %(over)d.", measured.over) % {
            "over": measured.over
        }
        yield Breach("too_long", sentence, measured.over)
    if message.reply_to and not network.capabilities.reply:
        yield Breach("no_replies", _("Readers cannot be answered there."))
    limits = network.limits_in_force
    if len(message.images) > limits.max_images > 0:
        sentence = _("There are too many images: at most %(limit)d.") % {"limit": limits.max_images}
        yield Breach("too_many_images", sentence, len(message.images) - limits.max_images)
    for image in message.images:
        yield from _image_breaches(image, limits)
    if message.card and message.card.image:
        yield from _file_breaches(message.card.image, limits)


def _image_breaches(image: Image, limits: Limits) -> Iterator[Breach]:
    over = len(image.alt) - limits.max_alt_length
    if over > 0:
        sentence = _("The alt text is too long by %(over)d: at most %(limit)d characters.")
        yield Breach("alt_too_long", sentence % {"over": over, "limit": limits.max_alt_length}, over)
    yield from _file_breaches(image, limits)


def _file_breaches(image: Image, limits: Limits) -> Iterator[Breach]:
    if image.media_type not in limits.image_types:
        yield Breach("image_type", _("Images of this kind are not taken there: %(kind)s.") % {"kind": image.media_type})
    if len(image.data) > limits.max_image_bytes:
        yield Breach("image_too_heavy", _("The image cannot be made small enough for the network."))
    if limits.max_image_pixels is not None and image.width * image.height > limits.max_image_pixels:
        yield Breach("image_too_large", _("The image has more pixels than the network takes."))


def losses(network: Network, message: Message) -> list[str]:
    """Sentences about what readers there would not see of ``message``; nothing of it is dropped in silence."""
    found = []
    if message.content_warning and not network.capabilities.content_warning:
        found.append(_("There is no content warning there: readers see the text at once."))
    if message.images and not network.limits_in_force.max_images:
        found.append(_("Messages there have no images: it goes without."))
    elif any(image.alt for image in message.images) and not network.capabilities.alt_text:
        found.append(_("There is no alt text there: who does not see the image hears nothing of it."))
    if message.images and message.card and not network.capabilities.card_with_image:
        found.append(
            _(
                "A message there shows the link card or the image, not both: the card is shown. Take “link card” away to "
                "show the image, or choose “without image” for this account."
            )
        )
    return [*found, *network.losses(message)]
