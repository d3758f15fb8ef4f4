"""What X does not show of a message, or takes only from some apps: sentences for whoever writes it.

https://docs.x.com/x-api/posts/manage-tweets/integrate (one cashtag) and https://docs.x.com/changelog (2026-04-16: no quotes
from self-serve apps), read 2026-11-30.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from smeditor.networks.media import MediaKind
from smeditor.networks.messages import Message
from smeditor.networks.x.uploads import subtitles_of
from smeditor.text.entities import cashtags


def losses_of(message: Message) -> list[str]:
    """The sentences about ``message``, beyond what the network's capabilities and limits say."""
    found = []
    if message.quote:
        found.append(_("X takes quotes only from apps with an Enterprise contract, and refuses this post from others."))
    if len(cashtags(message.text)) > 1:
        found.append(_("X takes more than one cashtag in a post only from apps with an Enterprise contract."))
    videos = [media for media in message.media if media.kind is MediaKind.VIDEO]
    if any(media.alt.strip() for media in videos):
        found.append(_("X has no alt text for videos: who does not see it hears nothing of it."))
    if any(len(subtitles_of(media)) < len(media.captions) for media in videos):
        found.append(_("X takes subtitles only in languages that have a code of two letters, each once."))
    return found
