"""Which entries of a feed or a page are which of the reactions that were read there before.

An address alone does not say it: anchors are renumbered, a template is changed, one id is given to all. Who wrote what
comes first, then the identities under which a reaction is stored; each entry is one reaction at most, and the reverse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from smeditor.listening.batch import WEB
from smeditor.listening.content import address, tidy
from smeditor.listening.erase import is_hidden
from smeditor.listening.identity import FINGERPRINT_LENGTH, keys_of, normal_tokens
from smeditor.models import Reaction, ReactionKey, Source
from smeditor.networks.base import InboundItem, Presence
from smeditor.networks.listings import Listing

MOST = 1000
"""Reactions of one source that are compared, the newest: twice what one page is read for."""


@dataclass(frozen=True)
class Written:
    """What an entry or a reaction says: by whom, its words, and whether too few to be told from others' by chance."""

    name: str
    content: str
    short: bool

    @classmethod
    def of(cls, name: str, text: str) -> Written:
        """Return name and text in the form in which two templates of one page are compared."""
        tokens = normal_tokens(text)
        plain = " ".join(tokens) or text.strip()
        return cls(" ".join(normal_tokens(name)), plain, sum(map(len, tokens)) < FINGERPRINT_LENGTH)


@dataclass
class Compared:
    """A listing beside what is stored.

    ``pairs`` give by the place of an entry its reaction. ``rows`` are all that the source's reactions are, ``moved``
    says that at least one is known by what it says and no more by its address.
    """

    listing: Listing
    rows: list[Reaction]
    keys: list[set[str]]
    pairs: dict[int, Reaction] = field(default_factory=dict)
    moved: bool = False

    @property
    def there(self) -> set[int]:
        """The ids of the reactions that are listed."""
        return {row.pk for row in self.pairs.values()}

    def is_believed(self, row: Reaction, now: datetime) -> bool:
        """Whether that ``row`` is not listed at ``now`` (aware) proves that it is gone.

        Only a whole list proves it, and not while addresses change. That most of what was known is missing at once may be
        another template's doing: it proves something when it has lasted.
        """
        missing = len(self.rows) - len(self.pairs)
        mostly = len(self.pairs) >= min(missing, len(self.rows) - MASS)
        lasting = now - (row.checked_at or row.collected_at) >= LASTING
        conclusive = self.listing.complete and bool(self.pairs) and not self.moved and len(self.rows) < MOST
        return conclusive and (mostly or lasting)


MASS = 3
"""So many may be missing at once, whatever is left; of more, not more than are left."""
LASTING = timedelta(days=7)
"""So long after it was last seen, what is missing with many others is gone: no template is broken for a week."""


def compare(source: Source, listing: Listing) -> Compared:
    """Find the reactions of ``source`` among what it lists now."""
    living = Reaction.objects.filter(source=source, network=WEB).exclude(presence=Presence.DELETED)
    rows = list(living.select_related("content").order_by("-collected_at", "-pk")[:MOST])
    held: dict[int, set[str]] = defaultdict(set)
    for pk, key in ReactionKey.objects.filter(reaction__in=[row.pk for row in rows]).values_list("reaction_id", "key"):
        held[pk].add(key)
    keys = [{key.key for key in keys_of(entry, WEB)} for entry in listing.entries]
    return _Comparison(Compared(listing, rows, keys), held, window=source.kind == Source.Kind.FEED).run()


class _Comparison:
    """Rounds, the surest first: who says what, an identity that nothing contradicts, the words under another template."""

    def __init__(self, result: Compared, held: dict[int, set[str]], *, window: bool) -> None:
        self.result = result
        self.held = held
        self.window = window
        entries = result.listing.entries
        self.entries = {place: Written.of(entry.author.display_name, entry.text) for place, entry in enumerate(entries)}
        self.rows = {row.pk: row for row in result.rows}
        self.says = {
            row.pk: Written.of(row.content.author_name, row.content.text)
            for row in result.rows
            if hasattr(row, "content")
        }

    def run(self) -> Compared:
        self._alike(lambda written: written, self._shares_key)
        sure = self.result.listing.complete and not self.window
        self._alike(lambda written: written if sure or not written.short else None)
        self._by_key()
        self._alike(lambda written: written.content if sure or not written.short else None, self._may_be_signed)
        return self.result

    def _alike(
        self,
        essence: Callable[[Written], Hashable | None],
        also: Callable[[int, int], bool] = lambda _place, _pk: True,
    ) -> None:
        waiting: dict[Hashable, list[int]] = defaultdict(list)
        for pk in reversed(self.rows):  # the oldest of those that are alike comes first, as on most pages
            if pk in self.says:
                waiting[essence(self.says[pk])].append(pk)
        waiting.pop(None, None)
        for place in list(self.entries):
            candidates = waiting.get(essence(self.entries[place]), [])
            match = next((candidate for candidate in candidates if also(place, candidate)), None)
            if match is not None:
                candidates.remove(match)
                self._pair(place, match)

    def _shares_key(self, place: int, pk: int) -> bool:
        return not self.result.keys[place].isdisjoint(self.held[pk])

    def _may_be_signed(self, place: int, pk: int) -> bool:
        """Whether two signatures may be one person's, as two templates show it (``Jean``, ``Par : Jean``)."""
        listed_name, known_name = set(self.entries[place].name.split()), set(self.says[pk].name.split())
        return not (listed_name and known_name) or not listed_name.isdisjoint(known_name)

    def _by_key(self) -> None:
        holder = {key: pk for pk in self.rows for key in self.held[pk]}
        for place in list(self.entries):
            pks = dict.fromkeys(holder[key] for key in self.result.keys[place] if key in holder)
            pk = next(
                (candidate for candidate in pks if candidate in self.rows and self._may_be(place, candidate)), None
            )
            if pk is not None:
                self._pair(place, pk)

    def _may_be(self, place: int, pk: int) -> bool:
        """Whether an entry under a known identity is what was stored there, perhaps edited."""
        if pk not in self.says:
            return True
        entry, row = self.result.listing.entries[place], self.rows[pk]
        if self.entries[place].content == self.says[pk].content:
            return True
        renewed = self.window and entry.url != row.url and entry.published_at != row.published_at
        return self.entries[place].name == self.says[pk].name and not renewed and not self._is_another(place)

    def _is_another(self, place: int) -> bool:
        """Whether a reaction that is listed nowhere else says what this entry says: its address was given to another.

        Anchors that number the comments are dealt out anew when their order changes: no edit made one of another.
        """
        return any(self.says.get(pk) == self.entries[place] for pk in self.rows)

    def _pair(self, place: int, pk: int) -> None:
        if not self._shares_key(place, pk):
            self.result.moved = True
        self.result.pairs[place] = self.rows.pop(pk)
        del self.entries[place]


def take_over(compared: Compared) -> None:
    """Give each listed reaction the identities under which it is listed now, and take away those that are others'."""
    holders = {
        key.key: key
        for key in ReactionKey.objects.filter(reaction__in=[row.pk for row in compared.rows])
        if key.kind != "answer"
    }
    lost, fresh = [], []
    for place, entry in enumerate(compared.listing.entries):
        row = compared.pairs.get(place)
        for key in keys_of(entry, WEB):
            held = holders.get(key.key)
            if held and held.reaction_id != (row.pk if row else None):
                lost.append(held.pk)
                held = None
            if held is None and row is not None:
                fresh.append(ReactionKey(reaction=row, key=key.key, kind=key.kind))
        if row is not None:
            _readdress(row, entry)
    ReactionKey.objects.filter(pk__in=lost).delete()
    ReactionKey.objects.bulk_create(fresh, ignore_conflicts=True)


def _readdress(row: Reaction, entry: InboundItem) -> None:
    now = {
        "native_id": tidy(entry.native_id, 500),
        "url": address(entry.url),
        "permalink": address(entry.own_address),
    }
    if not is_hidden(row) and any(getattr(row, name) != value for name, value in now.items()):
        Reaction.objects.filter(pk=row.pk).update(**now)


def listed(rows: Iterable[Reaction], texts: Sequence[InboundItem]) -> set[int]:
    """The ids of those of ``rows`` that a page shows under any of their identities, or with their words."""
    shown_keys = {key.key for entry in texts for key in keys_of(entry, WEB)}
    shown_texts = {Written.of("", entry.text).content for entry in texts}
    found = set()
    for row in rows:
        text = Written.of("", row.content.text).content if hasattr(row, "content") else None
        keys = set(row.keys.values_list("key", flat=True))
        if text in shown_texts or not keys.isdisjoint(shown_keys):
            found.add(row.pk)
    return found
