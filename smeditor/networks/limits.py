"""What a network's declared limits say of one message: the one place that the counter, the checks and the sending ask.

Everything depends on the network itself: how long a text is (:meth:`Network.length`), what its server allows
(:attr:`Network.limits_in_force`), what its messages can carry (:class:`Capabilities`, :meth:`Network.losses`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smeditor.networks import polls
from smeditor.networks.base import Media, MediaKind, MediaLimits, Message, Network, PollLimits
from smeditor.networks.marks import MarkKind
from smeditor.networks.polls import Breach as Breach


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


def measure(
    network: Network,
    text: str,
    content_warning: str = "",
    *,
    caption: bool = False,
    comment: bool = False,
    question: bool = False,
) -> Measure:
    """Hold a text, with the content warning that goes before it, against the limits of the account's server.

    ``caption``: it goes with media, ``comment``: it is written beneath a message, ``question``: a poll stands beneath it;
    some networks give these less room.
    """
    limits = network.limits_in_force
    size = len(text.encode("utf-8", "replace")) if limits.max_bytes else None
    longest = limits.max_length
    if caption and limits.max_caption_length is not None:
        longest = limits.max_caption_length
    if comment and limits.max_comment_length is not None:
        longest = limits.max_comment_length
    poll = poll_limits(network) if question else None
    if poll and poll.max_question is not None:
        longest = min(longest, poll.max_question)
    return Measure(network.length(text, content_warning), longest, limits.unit, size, limits.max_bytes)


def breaches(network: Network, message: Message) -> Iterator[Breach]:
    """All that the network would refuse of ``message``, by its declared limits and capabilities."""
    measured = measure(
        network,
        message.text,
        message.content_warning,
        caption=bool(message.media),
        comment=message.comment,
        question=message.poll is not None,
    )
    if measured.over:
        sentence = ngettext("The text is too long by %(over)d.", "The text is too long by %(over)d.", measured.over) % {
            "over": measured.over
        }
        yield Breach("too_long", sentence, measured.over)
    if message.reply_to and not network.capabilities.reply:
        yield Breach("no_replies", _("Readers cannot be answered there."))
    yield from _mark_breaches(network, message.text)
    yield from _media_breaches(network, message)
    yield from _poll_breaches(network, message)
    if message.card and message.card.image:
        yield from _file_breaches(message.card.image, network.limits_in_force.image)


def _mark_breaches(network: Network, text: str) -> Iterator[Breach]:
    limits = network.limits_in_force
    if limits.max_tags is limits.max_mentions is limits.max_links is None:
        return
    marks = [mark.kind for mark in network.marks(text)]
    for kind, limit, sentence in (
        (MarkKind.TAG, limits.max_tags, _("There are too many hashtags: at most %(limit)d.")),
        (MarkKind.MENTION, limits.max_mentions, _("There are too many mentions: at most %(limit)d.")),
        (MarkKind.LINK, limits.max_links, _("There are too many links: at most %(limit)d.")),
    ):
        if limit is not None and marks.count(kind) > limit:
            yield Breach(f"too_many_{kind.value}s", sentence % {"limit": limit}, marks.count(kind) - limit)


def poll_limits(network: Network) -> PollLimits | None:
    """What a poll may be there: as its server says, else as documented; None where the network has no polls.

    Limits that were stored before the desk knew of polls name none.
    """
    if not network.capabilities.polls:
        return None
    return network.limits_in_force.poll or network.default_limits.poll


def _poll_breaches(network: Network, message: Message) -> Iterator[Breach]:
    """What hinders the poll of a message: where it stands, what stands beside it, and the poll itself."""
    if message.poll is None:
        return
    limits = poll_limits(network)
    if limits is None:
        yield Breach("no_polls", _("There are no polls there."))
        return
    if message.comment:
        yield Breach("poll_in_comment", _("A comment carries no poll."))
    if not message.text.strip():
        yield Breach("poll_without_question", _("A poll needs its question: it is the text of the post."))
    if message.media:
        sentence = _(
            "A poll and images or videos do not go together there: take one of them away, or choose “without images and "
            "videos” for this account."
        )
        yield Breach("poll_beside_media", sentence)
    if message.quote:
        yield Breach("poll_beside_quote", _("A poll and a quote do not go together there: take one of them away."))
    yield from polls.breaches(message.poll, limits)


def _media_breaches(network: Network, message: Message) -> Iterator[Breach]:
    limits, kinds = network.limits_in_force, [media.kind for media in message.media]
    if network.capabilities.needs_media and not kinds and message.reply_to is None:
        yield Breach("no_media", _("There is no post without an image there: choose one."))
    if len(set(kinds)) > 1 and not network.capabilities.mixes_media:
        yield Breach("mixed_media", _("Images and videos do not go together there: choose one kind."))
    too_many = {kind: kinds.count(kind) - limits.of(kind).max_count for kind in dict.fromkeys(kinds)}
    for kind, over in too_many.items():
        most = limits.of(kind).max_count
        if over > 0 and most:
            yield Breach(f"too_many_{kind.value}s", _too_many(kind) % {"limit": most}, over)
    if len(kinds) > limits.max_media and all(over <= 0 for over in too_many.values()):
        sentence = _("There is too much media: at most %(limit)d in a post.") % {"limit": limits.max_media}
        yield Breach("too_much_media", sentence, len(kinds) - limits.max_media)
    for media in message.media:
        if limits.of(media.kind).max_count or media.kind is not MediaKind.IMAGE:
            yield from _piece_breaches(media, limits.of(media.kind))


def _too_many(kind: MediaKind) -> str:
    if kind is MediaKind.IMAGE:
        return _("There are too many images: at most %(limit)d.")
    return _("There are too many videos, animations or documents: at most %(limit)d.")


def _piece_breaches(media: Media, limits: MediaLimits) -> Iterator[Breach]:
    over = len(media.alt) - limits.max_alt_length
    if over > 0 and limits.max_alt_length:
        sentence = _("The alt text is too long by %(over)d: at most %(limit)d characters.")
        yield Breach("alt_too_long", sentence % {"over": over, "limit": limits.max_alt_length}, over)
    yield from _file_breaches(media, limits)
    yield from _ratio_breaches(media, limits)
    if media.duration is not None:
        yield from _duration_breaches(media.duration, limits)


def _file_breaches(media: Media, limits: MediaLimits) -> Iterator[Breach]:
    if media.media_type not in limits.types:
        kind = {"kind": media.media_type}
        if media.kind is MediaKind.IMAGE:
            yield Breach("image_type", _("Images of this kind are not taken there: %(kind)s.") % kind)
        else:
            yield Breach("media_type", _("Files of this kind are not taken there: %(kind)s.") % kind)
    elif media.size > limits.max_bytes:
        if media.kind is MediaKind.IMAGE:
            yield Breach("image_too_heavy", _("The image cannot be made small enough for the network."))
        else:
            size = {"limit": limits.max_bytes // 1_000_000}
            yield Breach("media_too_heavy", _("The file is too large: at most %(limit)d MB.") % size)
    if limits.max_pixels is not None and media.width * media.height > limits.max_pixels:
        yield Breach("image_too_large", _("The image has more pixels than the network takes."))


def _ratio_breaches(media: Media, limits: MediaLimits) -> Iterator[Breach]:
    ratio = media.ratio
    if ratio is None:
        return
    if (limits.min_ratio and ratio < limits.min_ratio) or (limits.max_ratio and ratio > limits.max_ratio):
        yield Breach("ratio", _("The image or video is too tall or too wide for the network: crop it."))


def _duration_breaches(duration: float, limits: MediaLimits) -> Iterator[Breach]:
    if limits.max_duration is not None and duration > limits.max_duration:
        sentence = _("The video is too long: at most %(limit)d seconds.")
        yield Breach("video_too_long", sentence % {"limit": limits.max_duration})
    if limits.min_duration is not None and duration < limits.min_duration:
        sentence = _("The video is too short: at least %(limit)d seconds.")
        yield Breach("video_too_short", sentence % {"limit": limits.min_duration})


def losses(network: Network, message: Message) -> list[str]:
    """Sentences about what readers there would not see of ``message``; nothing of it is dropped in silence."""
    found = []
    if message.content_warning and not network.capabilities.content_warning:
        found.append(_("There is no content warning there: readers see the text at once."))
    if message.images and not network.limits_in_force.image.max_count:
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
