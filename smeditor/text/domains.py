"""Finding host names in running text: which runs of characters are domains, and where they end.

The rules are X's (twitter-text 3.1, whose conformance suite tests them); Mastodon uses the same. Where X tries one pattern at
every position, this walks each run of host characters once, label by label, so hostile text takes linear time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

SPACES = r"\t-\r \x85\xA0\u1680\u180E\u2000-\u200A\u2028\u2029\u202F\u205F\u3000"
PUNCTUATION = r"!'#%&()*+,\\\-./:;<=>?@\[\]^_{|}~$"
DIRECTIONAL = r"\u202A-\u202E\u061C\u200E\u200F\u2066-\u2069"
INVALID = r"\uFFFE\uFEFF\uFFFF"
LATIN_ACCENTS = (
    r"\xC0-\xD6\xD8-\xF6\xF8-\u024F\u0253\u0254\u0256\u0257\u0259\u025B\u0263\u0268\u026F\u0272\u0289\u028B\u02BB"
    r"\u0300-\u036F\u1E00-\u1EFF"
)

_NO_HOST = PUNCTUATION.replace(r"\-.", "").replace("_", "") + SPACES + INVALID + DIRECTIONAL
_RUN = re.compile(rf"[^{_NO_HOST}]+")
_NO_START_AFTER = re.compile(rf"[A-Za-z0-9@＠$#＃{INVALID}]")
_PUNYCODE_TLD = re.compile(r"xn--[-0-9a-z]+", re.IGNORECASE)
_TLD_GOES_ON = re.compile(r"[0-9A-Za-z@+-]")
_ASCII_RUN = re.compile(rf"[-A-Za-z0-9{LATIN_ACCENTS}]++(?:\.[-A-Za-z0-9{LATIN_ACCENTS}]++)*+\.?")
_IDNA_DOTS = re.compile("[。．｡]")
_LONGEST_LABEL = 63


@dataclass(frozen=True, slots=True)
class Host:
    """A domain name at code points ``[start, end)`` of a text."""

    start: int
    end: int


@cache
def top_level_domains() -> frozenset[str]:
    """Return every top-level domain that networks link, lower-case and in Unicode form: IANA's and the former ones."""
    folder = resources.files(__package__) / "data"
    return frozenset(
        line
        for name in ("tlds.txt", "former_tlds.txt")
        for line in (folder / name).read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )


@cache
def _longest_tld() -> int:
    return max(map(len, top_level_domains()))


def tld_end(text: str, start: int, stop: int) -> int | None:
    """Return where the top-level domain that begins at ``start`` ends, or None if there is none before ``stop``."""
    punycode = _PUNYCODE_TLD.match(text, start, stop)
    if punycode:
        return punycode.end()
    known = top_level_domains()
    for end in range(min(stop, start + _longest_tld()), start, -1):
        if text[start:end].lower() in known and not _TLD_GOES_ON.match(text, end):
            return end
    return None


def may_start_after(text: str, position: int) -> bool:
    """Say whether a link may begin at ``position``, judging by the character before it."""
    return position == 0 or not _NO_START_AFTER.match(text, position - 1)


def runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ``(start, end)`` of each longest run of host characters and dots."""
    return (match.span() for match in _RUN.finditer(text))


class Run:
    """One run of host characters, cut into labels once, so that every question about it costs no second pass."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.labels: list[tuple[int, int]] = []
        position = start
        for label in text[start:end].split("."):
            self.labels.append((position, position + len(label)))
            position += len(label) + 1
        self._next_label = 0
        self._ends = [None, *(tld_end(text, *label) for label in self.labels[1:])]
        self._best = self._best_by_label()

    def _best_by_label(self) -> list[int | None]:
        """For each label a domain may begin in: the index of the last top-level domain it can reach, or None."""
        best: list[int | None] = [None] * len(self.labels)
        beyond: int | None = None  # what the next label reaches when it stands in the middle of a domain
        for index in range(len(self.labels) - 2, -1, -1):
            label = self.text[slice(*self.labels[index])]
            if not label or label[-1] in "-_":
                beyond = None
                continue
            names = beyond is None  # then this label is the domain's name itself
            direct = index + 1 if self._ends[index + 1] is not None else None
            best[index] = direct if names else beyond
            beyond = None if label[0] in "-_" or (names and "_" in label) else best[index]
        return best

    def host_at_start(self) -> Host | None:
        """Return the domain that begins with the run, as it must behind a scheme."""
        best = self._best[0]
        start, end = self.labels[0]
        if best is None or self.text[start] in "-_" or (best == 1 and "_" in self.text[start:end]):
            return None
        return self._host(start, best)

    def next_host(self, earliest: int) -> Host | None:
        """Return the next domain that begins at ``earliest`` or later; each call goes on where the last one stopped."""
        while self._next_label < len(self.labels):
            index = self._next_label
            best = self._best[index]
            if best is not None:
                start = self._first_start(index, earliest, best)
                if start is not None:
                    self._next_label = best
                    return self._host(start, best)
            self._next_label += 1
        return None

    def _host(self, start: int, best: int) -> Host:
        return Host(start, self._ends[best] or start)

    def _first_start(self, index: int, earliest: int, best: int) -> int | None:
        start, end = self.labels[index]
        start = max(start, earliest)
        if best == index + 1:  # the name itself, unlike the labels before it, has no underscore
            start = max(start, self.text.rfind("_", start, end) + 1)
        for position in range(start, end):
            if self.text[position] not in "-_" and may_start_after(self.text, position):
                return position
        return None


def ascii_hosts(text: str, start: int, end: int) -> list[Host]:
    """Return the domains written in Latin letters inside the host at ``[start, end)``: the part that links without a scheme."""
    found: list[Host] = []
    for run in _ASCII_RUN.finditer(text, start, end):
        dots = [position for position in range(*run.span()) if text[position] == "."]
        for dot in reversed(dots):
            tail = tld_end(text, dot + 1, end)
            if tail is not None:
                found.append(Host(run.start(), tail))
                break
    return found


def is_resolvable(text: str, host: Host) -> bool:
    """Say whether every label of the host fits into the DNS once in Punycode (63 bytes, RFC 1035), and is not a fake ``xn--``."""
    name = text[host.start : host.end]
    if name[:4] == "xn--" and not ascii_hosts(text, host.start, host.end):
        return False
    return all(0 < _encoded_length(label) <= _LONGEST_LABEL for label in name.split("."))


def _encoded_length(label: str) -> int:
    if len(label) > _LONGEST_LABEL:
        return len(label)
    parts = _IDNA_DOTS.split(label)
    if len(parts) > 1:
        return sum(map(_encoded_length, parts)) + len(parts) - 1
    return len(label) if label.isascii() else len("xn--") + len(label.encode("punycode", "replace"))
