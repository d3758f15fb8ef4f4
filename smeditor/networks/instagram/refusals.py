"""What went wrong while Instagram processed an image or a video, in an editor's words.

The sub-codes are those of …/instagram-graph-api/reference/error-codes (30 Nov 2026); a container's ``status`` names one in
a sentence of its own ("Error: Media upload has failed with error code 2207026").
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

A_CODE = re.compile(r"22\d{5}")


def sentence_for(word: str, label: str) -> str:
    """The sentence for a container's ``status``."""
    known = {
        "2207003": _("%(network)s could not fetch the file in time. Is the site's address reachable for it?"),
        "2207004": _("The image is too heavy for %(network)s: at most 8 MB."),
        "2207005": _("%(network)s takes images as JPEG only."),
        "2207009": _("%(network)s takes images between 4:5 and 1.91:1 only."),
        "2207010": _("The text is too long for %(network)s: at most 2200 characters."),
        "2207026": _("%(network)s does not take a video of this format."),
        "2207052": _("%(network)s could not fetch the file. Is the site's address reachable for it?"),
        "2207053": _("%(network)s could not take the file, and does not say why. Try another one."),
        "2207057": _("%(network)s does not take the preview image's place in the video."),
        "2207076": _("%(network)s could not process the video. Try another one."),
        "2207082": _("%(network)s could not process the file. Try another one."),
    }
    code = A_CODE.search(word)
    unknown = _("%(network)s could not process what it was given, and does not say why.")
    return (known.get(code[0], unknown) if code else unknown) % {"network": label}
