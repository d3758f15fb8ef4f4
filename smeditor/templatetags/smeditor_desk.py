"""What the desk's templates say in one word: states, networks, marked words, a post as its readers will see it.

Django imports this with the first page that the site renders, whosever it is: what a tag needs of the desk's packages is
imported when the tag is.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import get_language_info, gettext

from smeditor import conf
from smeditor.models import ConcernMatch, Delivery, Hold, Reaction
from smeditor.models.accounts import network_choices
from smeditor.models.reactions import ORIGIN_LABELS, Label
from smeditor.networks.base import Poll
from smeditor.networks.polls import duration_label

register = template.Library()

TONES: dict[str, str] = {
    Delivery.State.SENT: "good",
    Delivery.State.SCHEDULED: "plain",
    Delivery.State.SENDING: "plain",
    Delivery.State.CANCELLED: "quiet",
    Delivery.State.GONE: "quiet",
}
OPEN_HOLDS = "smeditor_holds"
"""The name of a request's own attribute that keeps the open holds while it is answered."""


@register.filter
def network_label(slug: str) -> str:
    """The network's own name, or that of the origin; a slug without one is shown as it is."""
    return str({**dict(network_choices()), **ORIGIN_LABELS}.get(slug, slug))


@register.filter
def poll_facts(poll: Poll | dict[str, Any]) -> str:
    """How a poll, or the one of a payload, is answered, and for how long."""
    known = poll if isinstance(poll, Poll) else Poll.from_json(poll)
    if known is None:
        return ""
    sentence = gettext("Several answers, for %(time)s") if known.multiple else gettext("One answer, for %(time)s")
    return sentence % {"time": duration_label(known.minutes)}


@register.filter
def rate_label(bucket: str) -> str:
    """What a rate limits; a bucket without a name of its own is shown as it is."""
    from smeditor.accounts import rate_labels

    return str(rate_labels.rate_label(bucket))


@register.filter
def queue_reason(reason: str) -> str:
    """Why a reaction lies in its queue, as a sentence."""
    from smeditor.insight.labels.rule_sentences import reason_of_queue

    return reason_of_queue(reason)


@register.filter
def shared_names(match: ConcernMatch) -> list[str]:
    """What two concerns of two languages both name, as one of them writes it."""
    from smeditor.insight.clustering.written_forms import written_forms

    return written_forms(match.evidence, [str(match.first), str(match.second)], match.first.language)


@register.filter
def percent(share: float) -> str:
    """A share from 0 to 1 as whole percent, written as the reader's language does."""
    return gettext("%(n)d%%") % {"n": round(share * 100)}


@register.filter
def label_name(label: str) -> str:
    """The name of a label of the triage; one that we do not know is shown as it is."""
    return str(dict(Label.choices).get(label, label))


@register.inclusion_tag("smeditor/admin/tags/delivery_state.html", takes_context=True)
def delivery_state(context: dict[str, Any], delivery: Delivery, with_account: bool = False) -> dict[str, Any]:
    """The state of a delivery; what is scheduled and held back says "on hold", for it will not go out at its time."""
    from smeditor.publishing.holds import binding

    request = context.get("request")
    hold = None
    if request is not None and delivery.state == Delivery.State.SCHEDULED:
        hold = binding(holds_of(request), delivery)
    return {
        "delivery": delivery,
        "state": gettext("on hold") if hold else delivery.get_state_display(),
        "tone": "alarm" if hold else TONES.get(delivery.state, "alarm"),
        "with_account": with_account,
        "held": hold,
    }


def holds_of(request: HttpRequest) -> list[Hold]:
    """The open holds, read once for each request."""
    kept = vars(request)
    if OPEN_HOLDS not in kept:
        rows = Hold.objects.filter(lifted_at__isnull=True).order_by("pk")
        kept[OPEN_HOLDS] = list(rows.select_related("account", "desk", "article", "post", "placed_by"))
    return kept[OPEN_HOLDS]


@register.filter
def marked(text: str, spans: list[Any]) -> SafeString:
    """``text`` escaped, its ``[start, end, rule]`` spans in ``<mark>``; a span within another one is left out."""
    from smeditor.insight.labels.rule_sentences import sentence

    parts: list[str] = []
    done = 0
    for start, end, rule in sorted(map(tuple, spans or []), key=lambda span: (span[0], -span[1])):
        if not (done <= start < end <= len(text)):
            continue
        parts.append(conditional_escape(text[done:start]))
        parts.append(format_html('<mark title="{}">{}</mark>', sentence(rule) or rule, text[start:end]))
        done = end
    parts.append(conditional_escape(text[done:]))
    return mark_safe("".join(parts))  # noqa: S308 - every piece was escaped above


@register.simple_tag
def changed_since_approval(post: Any) -> Any:
    """What changed in ``post`` since it was approved last; None where it never was, or nothing did."""
    from smeditor.publishing.since_approval import since_approval

    return since_approval(post)


@register.filter
def newsroom_time(moment: Any, form: str = "%H:%M") -> str:
    """A time on the newsroom's own clock, whatever zone the reader of the page is in."""
    return timezone.localtime(moment, conf.zone()).strftime(form) if moment else ""


@register.simple_tag
def shown_media(entry: dict[str, Any], size: int) -> dict[str, Any] | None:
    """Where the desk shows an image or video of a payload: ``url``, and for an image ``width`` and ``height`` in pixels.

    At most ``size`` pixels on either side, cut as it will be sent. None where the file is gone or cannot be opened.
    """
    from smeditor.publishing.shown import image_shown, video_url

    if entry.get("kind") == "image":
        return image_shown(entry, size)
    url = video_url(entry)
    return {"url": url} if url else None


@register.filter
def pretty(value: Any) -> str:
    """JSON that a person can read."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


@register.filter
def language_name(code: str) -> str:
    """The name of a language, in that of the page; a code without a name is shown as it is."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


@register.filter
def kind_label(kind: str) -> str:
    """The name of a kind of reaction; a kind that we do not know is shown as it is."""
    return Reaction(kind=kind).get_kind_display()


@register.filter
def newsroom_moment(moment: Any) -> str:
    """Day and time on the newsroom's own clock, as the reader of the page writes them.

    The zone is named to whoever has set another in Wagtail's profile.
    """
    if not moment:
        return ""
    local = timezone.localtime(moment, conf.zone())
    shown = date_format(local, "SHORT_DATETIME_FORMAT")
    return shown if timezone.get_current_timezone_name() == str(conf.zone()) else f"{shown} {local.tzname()}"


@register.filter
def thread_parts(text: str) -> list[str]:
    """The messages that a post's ``text`` makes, in their order."""
    from smeditor.text.normal import split_thread

    return split_thread(text)


@register.filter
def how_long(moment: datetime) -> str:
    """How long ago ``moment`` was, in words: never "0 minutes"."""
    if timezone.now() - moment < timedelta(minutes=1):
        return gettext("less than a minute")
    return timesince(moment)
