"""The table of what each network lets the desk do, from what its class declares: it cannot say anything else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from smeditor.networks.base import Capabilities, Guarantee, Limits, MediaKind, Network, Webhooks
from smeditor.networks.media import MediaLimits

GUARANTEES = {
    Guarantee.EXACTLY_ONCE: "exactly once",
    Guarantee.READ_BACK: "at most once, read back",
    Guarantee.AT_MOST_ONCE: "at most once, a person looks",
}
Cell = Callable[[type[Network]], str]


def _yes(name: str) -> Cell:
    return lambda network: "yes" if getattr(network.capabilities, name) else "–"


def _window(able: str, window: str) -> Cell:
    def cell(network: type[Network]) -> str:
        if not getattr(network.capabilities, able):
            return "–"
        within: timedelta | None = getattr(network.capabilities, window)
        return f"within {_duration(within)}" if within else "yes"

    return cell


def _duration(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


def _minutes(minutes: int) -> str:
    return f"{minutes // 1440} d" if minutes > 2880 else _duration(timedelta(minutes=minutes))


def _limits(network: type[Network]) -> Limits:
    return network.default_limits


def _text(network: type[Network]) -> str:
    limits = _limits(network)
    if not network.capabilities.sends:
        return "–"
    caption = f", {limits.max_caption_length} with media" if limits.max_caption_length is not None else ""
    return f"{limits.max_length} ({limits.unit}){caption}"


def _media(kind: MediaKind) -> Cell:
    def cell(network: type[Network]) -> str:
        limits = _limits(network).of(kind)
        return _media_limits(limits) if limits.max_count and network.capabilities.sends else "–"

    return cell


def _media_limits(limits: MediaLimits) -> str:
    size = limits.max_bytes / 1_000_000
    megabytes = f"{size:.0f} MB" if size >= 10 else f"{size:.1f} MB".replace(".0", "")
    return f"{limits.max_count}, {megabytes} each" if limits.max_count > 1 else f"1, {megabytes}"


def _poll(network: type[Network]) -> str:
    limits = _limits(network).poll
    if not network.capabilities.polls or limits is None:
        return "–"
    times = [_minutes(limits.min_minutes), _minutes(limits.max_minutes)]
    lasts = times[0] if times[0] == times[1] else " to ".join(times)
    return f"2–{limits.max_options} of {limits.max_option_length}, {lasts}"


def _sorted(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "–"


def _webhooks(network: type[Network]) -> str:
    capabilities: Capabilities = network.capabilities
    webhooks = {Webhooks.NONE: "", Webhooks.APP: "webhooks of the app", Webhooks.ACCOUNT: "webhooks of the account"}
    found = [webhooks[capabilities.webhooks], "a stream" if capabilities.streams else ""]
    return ", ".join(filter(None, found)) or "–"


ROWS: tuple[tuple[str, Cell], ...] = (
    ("posts are sent", _yes("sends")),
    ("guarantee", lambda network: GUARANTEES[network.capabilities.guarantee]),
    ("longest text", _text),
    ("images", _media(MediaKind.IMAGE)),
    ("animations", _media(MediaKind.ANIMATION)),
    ("video", _media(MediaKind.VIDEO)),
    ("documents", _media(MediaKind.DOCUMENT)),
    ("kinds of media together", _yes("mixes_media")),
    ("alt text", _yes("alt_text")),
    ("link card of our own", _yes("card")),
    ("content warning", _yes("content_warning")),
    ("threads", _yes("thread")),
    ("first comment", _yes("first_comment")),
    ("quotes", _yes("quote")),
    ("polls: options, their length, how long", _poll),
    ("polls: several answers", _yes("poll_multiple")),
    ("polls: the text can be edited", _yes("edits_beside_poll")),
    ("who may answer is chosen", lambda network: "yes" if network.capabilities.reply_controls else "–"),
    (
        "mentions and tags searched while writing",
        lambda network: _sorted(kind.value for kind in network.capabilities.mark_search),
    ),
    ("edit", _window("edit", "edit_window")),
    ("an edit exchanges media", _yes("edits_media")),
    ("delete", _window("delete", "delete_window")),
    ("comes home", lambda network: _sorted(kind.value for kind in network.capabilities.collects)),
    ("can be answered", lambda network: _sorted(kind.value for kind in network.capabilities.answers)),
    ("numbers of a post", lambda network: _sorted(network.capabilities.metrics)),
    ("asked whether it is still there", _yes("checks_presence")),
    ("done to readers' messages", lambda network: _sorted(map(str, network.capabilities.reader_operations))),
    ("tells of its own accord", _webhooks),
    ("connected by a consent screen", lambda network: "yes" if network.connecting.consent else "–"),
    ("renewed by itself", _yes("refresh")),
    ("posts in 24 hours", lambda network: str(network.capabilities.posts_in_24_hours or "–")),
    ("charges for calls", _yes("priced")),
)


def matrix(networks: Sequence[type[Network]]) -> str:
    """The table in Markdown: a row a capability, a column a network, in the given order."""
    lines = [_line("", *(network.label for network in networks)), _line("---", *("---" for _network in networks))]
    lines += [_line(name, *(cell(network) for network in networks)) for name, cell in ROWS]
    return "\n".join(lines)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")
