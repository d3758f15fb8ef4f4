"""Finding a word in any of its forms: *navettes* finds *navette*, and the other way round.

What grows with the newsroom has a full-text index (:mod:`smeditor.models.full_text`); what stays small is read whole, for
the beginning that the forms of a word share. Stemming is Snowball's (https://snowballstem.org), in both languages of the
desk; PostgreSQL's own is the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, OneToOneRel, OuterRef, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from wagtail.admin.views.generic.base import BaseListingView

from smeditor.models.full_text import CONFIGURATIONS, LIGATURES, PLAINER, FullTextIndex, can_search
from smeditor.permissions.visibility import any_of

SHORTEST = 4
"""Letters: a shorter beginning is shared by too many words. From here on a word is found by it, as one types it."""
MOST_TOKENS = 12
"""Of a query; what follows is not looked for."""
FEW = 5_000
"""So many finds are looked up by their keys; what is found more often is soon met along a list's own order."""
FREQUENT = 0.01
"""Part of the texts: what more of them hold is surely found often. Of a word that it does not know PostgreSQL thinks that
it stands in one of a thousand, in each of the three forms that are looked for.
"""
WHOLE = 10**9
"""A limit that no search comes to."""
WORD = re.compile(r"\w+")


@lru_cache(maxsize=1024)
def beginnings(word: str) -> tuple[str, ...]:
    """The beginnings that the forms of ``word`` share, one for each language, the longest first; at worst the word itself."""
    import snowballstemmer

    word = word.casefold()
    found = {word}
    for language in CONFIGURATIONS:
        shared = _shared(word, snowballstemmer.stemmer(language).stemWord(word))
        if len(shared) >= SHORTEST:
            found.add(shared)
    longest_first = sorted(found, key=len, reverse=True)
    # What contains a word contains its beginning: only the shortest of those that begin one another are asked for.
    return tuple(
        beginning
        for beginning in longest_first
        if not any(beginning != other and beginning.startswith(other) for other in found)
    )


def _shared(word: str, stem: str) -> str:
    """The letters that both begin with."""
    same = next((place for place, (ours, other) in enumerate(zip(word, stem, strict=False)) if ours != other), None)
    return word[: min(len(word), len(stem)) if same is None else same]


def matching(query: str, fields: Iterable[str]) -> Q:
    """What holds every word of ``query``, in any of its forms, in any of ``fields``; every row is read for it."""
    every = Q()
    for word in query.split()[:MOST_TOKENS]:
        any_form = Q()
        for beginning in beginnings(word):
            for field in fields:
                any_form |= Q(**{f"{field}__icontains": beginning})
        every &= any_form
    return every


def tokens_of(query: str) -> list[str]:
    """The words that are looked for, in small letters; articles and the like only where there is nothing else."""
    tokens = WORD.findall(query.casefold().translate(str.maketrans(LIGATURES)))[:MOST_TOKENS]
    return [word for word in tokens if len(word) > 2] or tokens


class FullTextMatch(Func):
    """Whether a row holds every one of ``tokens``, as a condition that uses the full-text index of its columns."""

    output_field: ClassVar[BooleanField] = BooleanField()

    def __init__(self, index: FullTextIndex, tokens: list[str], path: str = "") -> None:
        """Search ``index``, whose model is reached from the one that is filtered by ``path`` (as ``"content__"``)."""
        self.index, self.tokens, self.path = index, tokens, path
        super().__init__(F(f"{path}pk"), *(F(f"{path}{name}") for name in index.columns))

    def as_sql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, tuple[str | int, ...]]:
        """Compile for PostgreSQL or SQLite; whoever asks has looked at :func:`can_search` before."""
        key, *columns = [compiler.compile(source)[0] for source in self.source_expressions]
        if connection.vendor == "sqlite":
            found = f"SELECT rowid FROM {self.index.name} WHERE {self.index.name} MATCH %s"  # noqa: S608 - a constant
            return f"{key} IN ({found})", (_fts5_query(self.tokens),)
        vector = self.index.vector(dict(zip(self.index.columns, columns, strict=True)))
        tests: list[str] = []
        params: list[str] = []
        for word in self.tokens:
            forms = [f"plainto_tsquery('{name}', %s)" for name in CONFIGURATIONS] + ["to_tsquery('simple', %s)"]
            tests.append(f"({' || '.join(forms)})")
            params += [word] * len(CONFIGURATIONS) + [_prefix_query(word)]
        return f"({vector}) @@ ({' && '.join(tests)})", tuple(params)


class HasKey(Func):
    """Whether a row has one of ``keys``, as a condition of PostgreSQL: given one by one, thousands cost more than the rows."""

    output_field: ClassVar[BooleanField] = BooleanField()

    def __init__(self, keys: list[int], path: str = "") -> None:
        """``path`` leads to the rows from the model that is filtered (as ``"content__"``)."""
        self.keys = keys
        super().__init__(F(f"{path}pk"))

    def as_sql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, Any]:
        """All keys are one parameter."""
        key, _params = compiler.compile(self.source_expressions[0])
        return f"{key} = ANY(%s)", (self.keys,)


def in_no_order(queryset: QuerySet[Any]) -> QuerySet[Any]:
    """As many rows as ``queryset`` has, for a count: what it searches for is found in the full-text index, and in no order.

    A database that may choose would walk along the rows: PostgreSQL works out the vector of each text until it has met enough
    of them, seconds for a word that many texts hold, and SQLite looks up whether each row is among the finds. Where each row
    has one text, the texts are counted, and of each is asked whether its row is meant: no more are read than are counted.
    Else all finds come first: what is limited, whatever the limit, is found before anything else.
    """
    rows = queryset.order_by()
    conditions: list[Any] = rows.query.where.children
    searched = [condition.lhs for condition in conditions if is_search(condition)]
    rows.query.where.children = [condition for condition in conditions if not is_search(condition)]
    for match in searched:
        texts = _texts_with(match.index, match.tokens, rows.db)
        if back := _one_to_one(rows, match.path):
            return texts.filter(any_of(rows.filter(pk=OuterRef(back))))
        rows = rows.filter(**{f"{match.path}pk__in": texts[:WHOLE]})
    return rows


def _one_to_one(rows: QuerySet[Any], path: str) -> str:
    """The field that leads back from a text to its one row of ``rows``, which may be itself; "" where several share a text."""
    if not path:
        return "pk"
    relation = rows.model._meta.get_field(path.removesuffix("__"))
    return relation.field.attname if isinstance(relation, OneToOneRel) else ""


def is_search(condition: Any) -> bool:
    """Whether a condition of a query is a :class:`FullTextMatch`."""
    return isinstance(getattr(condition, "lhs", None), FullTextMatch)


def _texts_with(index: FullTextIndex, tokens: list[str], using: str) -> QuerySet[Any, int]:
    """The keys of all rows of the index's own table that hold every one of ``tokens``."""
    rows = apps.get_model("smeditor", index.model)._default_manager.using(using).order_by()
    return rows.filter(FullTextMatch(index, tokens)).values_list("pk", flat=True)


def _is_frequent(texts: QuerySet[Any, int]) -> bool:
    """Whether PostgreSQL's statistics know already that ``texts`` are many more than ``FEW``; False where they have none.

    Its index finds all that hold a frequent word before it gives out the first.
    """
    connection = connections[texts.db]
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [texts.model._meta.db_table])
        (rows,) = cursor.fetchone()
    (explained,) = json.loads(texts.explain(format="json"))
    return explained["Plan"]["Plan Rows"] > max(2 * FEW, FREQUENT * rows)


def _prefix_query(word: str) -> str:
    """A word as ``to_tsquery`` takes it: without accents, as a beginning where it is long enough for one."""
    plain = word.translate(PLAINER)
    return f"'{plain}':*" if len(plain) >= SHORTEST else f"'{plain}'"


def _fts5_query(tokens: list[str]) -> str:
    """The words as FTS5 takes them: each by the beginnings that its forms share."""
    return " AND ".join(f"({' OR '.join(_fts5_forms(word))})" for word in tokens)


def _fts5_forms(word: str) -> list[str]:
    if len(word) < SHORTEST:
        return [f'"{word}"']
    return [f'"{beginning}"*' for beginning in beginnings(word)]


def full_text_search(
    queryset: QuerySet[Any], query: str, index: FullTextIndex, fields: Sequence[str], path: str = ""
) -> QuerySet[Any]:
    """Those rows of ``queryset`` that hold every word of ``query`` in any of its forms.

    ``path`` leads from the model of ``queryset`` to that of ``index``. Where the database has no full-text index, or the
    query no word (an emoji), ``fields`` are read in every row.
    """
    tokens = tokens_of(query)
    connection = connections[queryset.db]
    if not tokens or not can_search(connection):
        return queryset.filter(matching(query, fields))
    if connection.vendor == "postgresql":
        # Along the order of a list it would work out the vector of each text anew until it has met enough of a rare word.
        texts = _texts_with(index, tokens, queryset.db)
        if not _is_frequent(texts) and len(found := list(texts[: FEW + 1])) <= FEW:
            return queryset.filter(HasKey(found, path))
    return queryset.filter(FullTextMatch(index, tokens, path))


class SearchesForms(BaseListingView):
    """A listing whose search finds words in any of their forms: by ``full_text`` where there is one, in ``search_fields`` else."""

    full_text: ClassVar[FullTextIndex | None] = None
    full_text_path: ClassVar[str] = ""

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """``queryset``, narrowed to what holds every word that was asked for."""
        if not self.is_searching:
            return queryset
        fields = self.search_fields or []
        if self.full_text is not None:
            return full_text_search(queryset, self.search_query, self.full_text, fields, self.full_text_path)
        return queryset.filter(matching(self.search_query, fields))
