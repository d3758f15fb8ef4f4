"""Full-text indexes over the columns where the words already lie: no second copy that would have to be erased with them.

PostgreSQL keeps a GIN index of an expression: the words stemmed in French and in English
(https://www.postgresql.org/docs/current/textsearch-controls.html), and as they stand without accents for names and the
beginnings of words. SQLite keeps a contentless FTS5 table that triggers fill (https://www.sqlite.org/fts5.html#contentless_tables).
Both are made after ``migrate`` has made the tables, so that they stand on whichever way these were made.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

CONFIGURATIONS = ("french", "english")
"""PostgreSQL's own; each is on every server."""
ACCENTED = "àâäáãåçéèêëîïíôöóõûùüúÿñÀÂÄÁÃÅÇÉÈÊËÎÏÍÔÖÓÕÛÙÜÚŸÑ"
PLAIN = "aaaaaaceeeeiiioooouuuuyn" * 2
"""Large ones too: a server whose locale is C makes none of them small."""
LIGATURES: dict[str, str | int | None] = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"}
SIGNS = "@._-/:#’"
"""What stands between the parts of a handle or an address: each part is a word of its own."""
PLAINER = str.maketrans(ACCENTED + SIGNS, PLAIN + " " * len(SIGNS)) | str.maketrans(LIGATURES)
SECURE_DELETE = (3, 42)
"""The first SQLite that takes deleted words out of an index's segments at once."""


@dataclass(frozen=True, slots=True)
class FullTextIndex:
    """One model's index. ``text`` and ``names`` are SQL over ``{column}``; names are never stemmed."""

    name: str
    model: str
    columns: tuple[str, ...]
    text: str
    names: str = "''"

    @property
    def table(self) -> str:
        """The table that holds the words."""
        return apps.get_model("smeditor", self.model)._meta.db_table

    def filled(self, template: str, columns: dict[str, str]) -> str:
        """Return ``template`` with the SQL of each column in its place."""
        return template.format(**columns)

    def vector(self, columns: dict[str, str]) -> str:
        """Return the SQL of the ``tsvector`` that is indexed; a search that uses the index repeats it to the letter."""
        stemmed = self.filled(self.text, columns)
        plain = f"translate(lower({self.everything(columns)}), '{ACCENTED}{SIGNS}', '{PLAIN}{' ' * len(SIGNS)}')"
        parts = [*((name, stemmed) for name in CONFIGURATIONS), ("simple", plain)]
        return " || ".join(f"to_tsvector('{name}', {text})" for name, text in parts)

    def everything(self, columns: dict[str, str]) -> str:
        """Return the SQL of all that is indexed of a row, in one text without ligatures."""
        text = f"{self.filled(self.text, columns)} || ' ' || {self.filled(self.names, columns)}"
        for ligature, replacement in LIGATURES.items():
            text = f"replace({text}, '{ligature}', '{replacement}')"
        return text


REACTIONS = FullTextIndex(
    name="smeditor_reaction_words",
    model="ReactionText",
    columns=("text", "masked", "author_handle"),
    # What a card shows: a search finds nothing that is masked, so that nobody guesses a masked word.
    text="CASE WHEN {masked} = '' THEN {text} ELSE {masked} END",
    names="{author_handle}",
)
POSTS = FullTextIndex(
    name="smeditor_post_words",
    model="Post",
    columns=("text", "article_title"),
    text="{text} || ' ' || {article_title}",
)
CONCERNS = FullTextIndex(
    name="smeditor_concern_words",
    model="Concern",
    columns=("label",),
    text="{label}",
)
INDEXES = (REACTIONS, POSTS, CONCERNS)


def create_missing(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Make the indexes that the database ``using`` lacks, or has from another release; a receiver of ``post_migrate``."""
    connection = connections[using]
    make = {"postgresql": _postgres, "sqlite": _sqlite}.get(connection.vendor)
    if make is None:
        return
    tables = set(connection.introspection.table_names())
    for index in INDEXES:
        if index.table in tables:
            with connection.cursor() as cursor:
                for statement in make(connection, index):
                    cursor.execute(statement)


def can_search(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database has the indexes; an SQLite without FTS5, or another engine, reads every row instead."""
    if connection.vendor == "sqlite":
        return has_fts5(connection)
    return connection.vendor == "postgresql"


def forget(connection: BaseDatabaseWrapper) -> None:
    """Take out of SQLite's indexes, Wagtail's included, the words whose rows are gone: they lie in segments until these merge.

    PostgreSQL's own vacuum does it there.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%'")
        tables = [name for (name,) in cursor.fetchall()]
        ours = {index.name for index in INDEXES}
        for table in tables:
            if table in ours and sqlite3.sqlite_version_info >= SECURE_DELETE:
                continue
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"INSERT INTO {quoted}({quoted}) VALUES ('optimize')")  # noqa: S608 - the schema's own name


def _postgres(connection: BaseDatabaseWrapper, index: FullTextIndex) -> Iterator[str]:
    """Yield the statements that make the index. Its comment says of what: a release that indexes otherwise makes it anew."""
    vector = index.vector({name: f'"{name}"' for name in index.columns})
    version = hashlib.sha256(vector.encode()).hexdigest()[:16]
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass(%s))", [index.name])
        (known,) = cursor.fetchone()
    if known == version:
        return
    yield f'DROP INDEX IF EXISTS "{index.name}"'
    yield f'CREATE INDEX "{index.name}" ON "{index.table}" USING gin (({vector}))'
    yield f"COMMENT ON INDEX \"{index.name}\" IS '{version}'"


def has_fts5(connection: BaseDatabaseWrapper) -> bool:
    """Whether this SQLite was built with FTS5."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'")
        return cursor.fetchone() is not None


def _sqlite(connection: BaseDatabaseWrapper, index: FullTextIndex) -> Iterator[str]:
    """Yield the statements that make the virtual table and its triggers, where one is missing or from another release."""
    name, new, old = index.name, _of(index, "new"), _of(index, "old")
    triggers = {
        f"{name}_insert": f"AFTER INSERT ON {index.table} BEGIN {_put(name, 'new.id', new)}; END",
        f"{name}_delete": f"AFTER DELETE ON {index.table} BEGIN {_take(name, 'old.id', old)}; END",
        f"{name}_update": f"AFTER UPDATE OF {', '.join(index.columns)} ON {index.table} "
        f"BEGIN {_take(name, 'old.id', old)}; {_put(name, 'new.id', new)}; END",
    }
    create = [f"CREATE TRIGGER {trigger} {body}" for trigger, body in triggers.items()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{name}%"])
        there = {sql for (sql,) in cursor.fetchall()}
    if there == set(create) or not has_fts5(connection):
        return
    # A migration that makes the table anew takes its triggers away: what was written in between is in no index.
    yield f"DROP TABLE IF EXISTS {name}"
    yield f"CREATE VIRTUAL TABLE {name} USING fts5(words, content='', tokenize='unicode61 remove_diacritics 2')"
    if sqlite3.sqlite_version_info >= SECURE_DELETE:
        yield f"INSERT INTO {name}({name}, rank) VALUES ('secure-delete', 1)"  # noqa: S608 - names of the schema
    yield from (f"DROP TRIGGER IF EXISTS {trigger}" for trigger in triggers)
    yield from create
    here = index.everything({column: column for column in index.columns})
    yield f"INSERT INTO {name}(rowid, words) SELECT id, {here} FROM {index.table}"  # noqa: S608 - names of the schema


def _of(index: FullTextIndex, row: str) -> str:
    return index.everything({column: f"{row}.{column}" for column in index.columns})


def _put(name: str, key: str, text: str) -> str:
    return f"INSERT INTO {name}(rowid, words) VALUES ({key}, {text})"  # noqa: S608 - names of the schema


def _take(name: str, key: str, text: str) -> str:
    return f"INSERT INTO {name}({name}, rowid, words) VALUES ('delete', {key}, {text})"  # noqa: S608 - names of the schema
