"""What went wrong while Threads processed an image or a video, in an editor's words.

The words are those of https://developers.facebook.com/documentation/threads/troubleshooting (30 Nov 2026), its spelling
of ``INVALID_ASPEC_RATIO`` included.
"""

from __future__ import annotations

from django.utils.translation import gettext as _


def sentence_for(word: str, label: str) -> str:
    """The sentence for the ``error_message`` of a container."""
    known = {
        "FAILED_DOWNLOADING_VIDEO": _("%(network)s could not fetch the video. Is the site's address reachable for it?"),
        "FAILED_DOWNLOADING_IMAGE": _("%(network)s could not fetch the image. Is the site's address reachable for it?"),
        "FAILED_PROCESSING_AUDIO": _("%(network)s cannot read the sound of the video."),
        "FAILED_PROCESSING_VIDEO": _("%(network)s cannot read the video."),
        "INVALID_ASPEC_RATIO": _("%(network)s does not take a video of these proportions."),
        "INVALID_ASPECT_RATIO": _("%(network)s does not take a video of these proportions."),
        "INVALID_BIT_RATE": _("%(network)s does not take a video of this bit rate: at most 100 Mbit/s."),
        "INVALID_DURATION": _("%(network)s takes videos of up to five minutes."),
        "INVALID_FRAME_RATE": _("%(network)s takes videos of 23 to 60 frames in a second."),
        "INVALID_AUDIO_CHANNELS": _("%(network)s takes one or two channels of sound."),
        "INVALID_AUDIO_CHANNEL_LAYOUT": _("%(network)s takes mono or stereo sound."),
    }
    sentence = known.get(
        word.strip().upper(), _("%(network)s could not process what it was given, and does not say why.")
    )
    return sentence % {"network": label}
