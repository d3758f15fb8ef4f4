"""The rule files: read, checked and compiled once into one tree of words for each language.

A file (``smeditor/insight/rules/<lang>/<label>.toml``) holds the rules of one label; ``words.toml`` holds classes that all
files of the language share and the ``[spellings]`` of the street ("relou" → "lourd", "pk" → "pourquoi").
A rule's keys: ``id``; ``patterns`` (see ``patterns``); ``weight`` (weights add up, each rule once; the label is raised
at 1.0; a negative weight speaks against it); ``why``; ``examples`` (texts in which the rule must be found);
``negatable`` (default true: a negation just before cancels it); ``quoted`` (default false: not found inside a
quotation); ``max_words`` (only in texts this short); ``cue`` (for tips and spam: of what kind the cue is);
``against`` (labels from which the weight is taken off).
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from operator import or_
from pathlib import Path
from typing import Any

from smeditor.insight.triage import patterns
from smeditor.insight.triage.automaton import Automaton
from smeditor.insight.triage.normal import BOUNDARIES, TOKEN, fold, guises, marks
from smeditor.insight.triage.result import LABELS

FOLDER = Path(__file__).resolve().parent.parent / "rules"
KINDS = frozenset({"<num>", "<time>", "<url>", "<email>", "<mention>", "<phone>", "<astonished>"})
OPEN = frozenset({"<word>", "<name>"})
"""Kinds that no word is remembered by: any word at all, and one that stands there with a capital letter."""
REMEMBERED = 60_000
"""Distinct words remembered for each language before starting over: bounds memory at about 20 MB."""


class RuleError(ValueError):
    """A rule file is wrong; the message names the file, the rule and what to change."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule of a rule file; the keys are explained in this module's docstring."""

    id: str
    label: str
    weight: float
    patterns: tuple[str, ...]
    examples: tuple[str, ...] = ()
    why: str = ""
    negatable: bool = True
    quoted: bool = False
    max_tokens: int = 0
    cue: str = ""
    against: tuple[str, ...] = ()


_NOTHING: dict[Any, Any] = {}


class Bits(dict[str, int]):
    """A bit for each key that any node needs: what a text answers to is one number, and a look at it one operation."""

    def __missing__(self, key: str) -> int:
        self[key] = bit = 1 << len(self)
        return bit

    def of(self, keys: Iterable[str]) -> int:
        """Return the bits of those of ``keys`` that are needed anywhere."""
        return reduce(or_, [self[key] for key in keys if key in self], 0)


@dataclass(slots=True, eq=False)
class Node:
    """A place in the tree of words: what may come next, within which gap, and which rules are complete here."""

    next: dict[str, Node] = field(default_factory=dict)
    gaps: dict[int, Node] = field(default_factory=dict)
    done: tuple[tuple[Rule, bool], ...] = ()
    leaps: tuple[tuple[int, Node], ...] = ()
    """``gaps`` again, as ``finished`` leaves them."""
    open: tuple[tuple[str, Node], ...] = ()
    """What follows a word of one of the kinds in ``OPEN``."""
    need: int = 0
    """Keys, a bit each (``Bits``), of which a text must answer to at least one if any rule is to be completed beyond."""

    def finished(self, common: frozenset[str], bits: Bits, known: dict[Any, Node]) -> Node:
        """Return this node, or its like in ``known``, with ``need`` worked out here and below.

        What is needed is, for each way on, its own key or, if that one is ``common``, what follows it. Sharing like
        nodes makes the tree about a tenth of its size.
        """
        self.next = {key: node.finished(common, bits, known) for key, node in self.next.items()} or _NOTHING
        self.gaps = {reach: node.finished(common, bits, known) for reach, node in self.gaps.items()} or _NOTHING
        for key, node in self.next.items():
            self.need |= node.need if key in common and not node.done else bits[key]
        for node in self.gaps.values():
            self.need |= node.need
        self.leaps = tuple(self.gaps.items())
        self.open = tuple((key, node) for key, node in self.next.items() if key in OPEN)
        likeness = (
            tuple((key, id(node)) for key, node in self.next.items()),
            tuple((reach, id(node)) for reach, node in self.gaps.items()),
            self.done,
        )
        return known.setdefault(likeness, self)


class Entry:
    """What is remembered of a word, shared by all words that answer to the same keys.

    ``bits``: the keys as ``Bits``. ``boundary``: it ends a sentence; ``mention``: it names somebody, and a sentence may
    begin after it.
    """

    __slots__ = ("bits", "boundary", "keys", "mention")

    def __init__(self, keys: tuple[str, ...], mention: bool, bits: int) -> None:
        self.keys = keys
        self.bits = bits
        self.boundary = keys[0] in BOUNDARIES
        self.mention = mention


class Memory(dict[str, Entry | None]):
    """Word → ``Entry``, or None for a word that no rule knows. Forgets everything when it is full."""

    def __init__(self, book: LanguageRules) -> None:
        super().__init__()
        self._book = book

    def __missing__(self, word: str) -> Entry | None:
        entry = self._book.entry(word)
        if len(word) <= 30:
            if len(self) >= REMEMBERED:
                self.clear()
            self[word] = entry
        return entry


class LanguageRules:
    """The compiled rules of one language.

    ``trees``: of rules that begin anywhere and of those that begin with a sentence, then the same two for rules that
    only ever speak against a label.
    """

    def __init__(self, lang: str, rules: Iterable[Rule], lexicon: dict[str, Any]) -> None:
        self.lang = lang
        self.rules = tuple(rules)
        self.by_id = {rule.id: rule for rule in self.rules}
        self.negators = frozenset(lexicon.get("negators", ()))
        self.common = frozenset(lexicon.get("common", ()))
        self.spellings = {fold(key): fold(value) for key, value in lexicon.get("spellings", {}).items()}
        self.trees: tuple[Node, ...] = (Node(), Node(), Node(), Node())
        self._exact: set[str] = set()
        self._plain: set[str] = set()
        self._prefixes: set[str] = set()
        self._classes: dict[str, set[str]] = {}
        self._names = {"@" + name for name in lexicon.get("classes", {})} | KINDS | OPEN
        self._hidden: dict[int, list[str]] = {}
        for name, members in lexicon.get("classes", {}).items():
            for member in members:
                self._learn(member, "@" + name)
        for rule in self.rules:
            for pattern in rule.patterns:
                for sequence in patterns.expand(pattern):
                    self._plant(rule, pattern, sequence)
        common = frozenset(map(fold, self.common - self.negators)) | {".", "!"} | OPEN
        known: dict[Any, Node] = {}
        self._bits = Bits()
        self.trees = tuple(tree.finished(common, self._bits, known) for tree in self.trees)
        self.open_bits = self._bits.of(OPEN)
        """Kinds that any text answers to."""
        if any(way.done or way.leaps or way.open for tree in self.trees for _, way in tree.open):
            raise RuleError("a pattern that begins with <name> or <word> needs a plain word or a class after it")
        self.automaton = Automaton(self.trees)
        self.memory = Memory(self)
        self._entries: dict[tuple[tuple[str, ...], bool], Entry] = {}

    def _learn(self, member: str, name: str) -> None:
        if len(self._tokens(member)) != 1:
            raise RuleError(f"class {name}: {member!r} is more than one word, write it into the patterns")
        key = self._key(member)
        self._classes.setdefault(key, set()).add(name)
        if name.startswith("@insult") and not key.endswith("*"):
            self._hidden.setdefault(len(key), []).append(key)

    def _key(self, piece: str) -> str:
        """Return the key under which a piece of a pattern is planted and looked up, and make it known."""
        if piece[0] in "@<" and len(piece) > 1:
            if piece not in self._names:
                raise RuleError(f"nothing is called {piece!r}")
            return piece
        if piece[0] == "=":
            self._exact.add(piece[1:].lower())
            return "=" + piece[1:].lower()
        if piece.endswith("*"):
            self._prefixes.add(fold(piece))
            return fold(piece)
        self._plain.add(fold(piece))
        return fold(piece)

    def _plant(self, rule: Rule, pattern: str, sequence: tuple[str, ...]) -> None:
        at_start = sequence[0] == patterns.START
        at_end = sequence[-1] == patterns.END
        core = sequence[at_start : len(sequence) - at_end]
        if not core or core[0] in patterns.GAPS or core[-1] in patterns.GAPS:
            raise RuleError(f"rule {rule.id}: a pattern can't be empty, nor begin or end with a gap: {pattern!r}")
        speaks_against = rule.weight < 0 or rule.label not in LABELS
        node = self.trees[2 * speaks_against + at_start]
        for piece in core:
            if piece in patterns.GAPS:
                node = node.gaps.setdefault(patterns.GAPS[piece], Node())
                continue
            tokens = self._tokens(piece)
            if not tokens:
                raise RuleError(f"rule {rule.id}: {piece!r} is nothing that is read as a word: {pattern!r}")
            for word in tokens:
                node = node.next.setdefault(self._key(word), Node())
        node.done += ((rule, at_end),)

    @staticmethod
    def _tokens(piece: str) -> list[str]:
        """Return ``piece`` as a reader's text would be read: "l'article" is two words, "est-ce" too."""
        if piece[0] in "@<=" or piece in ("?", "!", ".", "%"):
            return [piece]
        if piece.endswith("'"):
            return [*TOKEN.findall(piece[:-1].lower())[:-1], piece.lower()]
        if piece.endswith("*"):
            *first, last = TOKEN.findall(piece[:-1].lower())
            return [*first, last + "*"]
        return TOKEN.findall(piece.lower())

    def entry(self, word: str) -> Entry | None:
        """Return what the rules know about one token, or None."""
        mark = marks(word)
        if mark is not None:
            keys: tuple[str, ...] = (mark,) if mark not in ("?", "!", ".") else tuple(self._mark_keys(word, mark))
        else:
            keys = tuple(dict.fromkeys(self._keys(word)))
        if not keys:
            return None
        likeness = keys, word[0] == "@"
        entry = self._entries.get(likeness)
        if entry is None:
            if len(self._entries) >= REMEMBERED:
                self._entries.clear()
            entry = self._entries[likeness] = Entry(*likeness, self._bits.of(keys))
        return entry

    @staticmethod
    def _mark_keys(word: str, mark: str) -> Iterator[str]:
        yield mark
        if mark == "?" and len(word) > 1:
            yield "<astonished>"
            if "!" in word:
                yield "!"

    def _keys(self, word: str) -> Iterator[str]:
        if word in self._exact:
            yield "=" + word
            yield from self._classes.get("=" + word, ())
        for plain in guises(word) or [word]:
            for spelt in dict.fromkeys((plain, self.spellings.get(plain, plain))):
                if spelt in self._plain:
                    yield spelt
                    yield from sorted(self._classes.get(spelt, ()))
                for length in range(3, min(len(spelt), 20) + 1):
                    prefix = spelt[:length] + "*"
                    if prefix in self._prefixes:
                        yield prefix
                        yield from sorted(self._classes.get(prefix, ()))
        if "*" in word[1:]:
            yield from self._starred(word)

    def _starred(self, word: str) -> Iterator[str]:
        """Yield the insult that "c*nnard" or "p***n" spells: same length, same letters where letters are left."""
        if len(word) < 4 or not word[0].isalpha():
            return
        for insult in self._hidden.get(len(word), ()):
            if all(left in ("*", right) for left, right in zip(fold(word), insult, strict=False)):
                yield insult
                yield from sorted(self._classes.get(insult, ()))
                return


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All languages' rules under one version, which is stored beside every result."""

    version: str
    languages: dict[str, LanguageRules]

    def get(self, lang: str) -> LanguageRules | None:
        """Return the rules of ``lang``, or None where nobody has written any."""
        return self.languages.get(lang)


def load(folder: Path) -> RuleBook:
    """Read and compile the rule files under ``folder``. Raises ``RuleError`` with the file's name if one is wrong.

    The version is the newest of the files' own versions and, after a plus, a digest of all their contents.
    """
    digest = hashlib.sha256()
    versions: list[str] = []
    languages: dict[str, LanguageRules] = {}
    for path in folder.glob("*.toml"):
        digest.update(f"{path.name}\0".encode() + path.read_bytes())
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        rules: list[Rule] = []
        lexicon: dict[str, Any] = {}
        for path in sorted(place.glob("*.toml")):
            content = path.read_bytes()
            digest.update(f"{place.name}/{path.name}\0".encode() + content)
            data = _parsed(path, content)
            versions.append(str(data.get("version", "")))
            if path.stem == "words":
                lexicon = {**data, "classes": {**data.get("classes", {}), **lexicon.get("classes", {})}}
            else:
                _merge_classes(lexicon, data, path)
                rules += _rules(data, path)
        _check_ids(rules, place)
        try:
            languages[place.name] = LanguageRules(place.name, rules, lexicon)
        except (RuleError, patterns.PatternError) as error:
            raise RuleError(f"{place.name}: {error}") from error
    return RuleBook(f"{max(versions, default='0')}+{digest.hexdigest()[:10]}", languages)


def _parsed(path: Path, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleError(f"{path.parent.name}/{path.name} is not valid TOML: {error}") from error


def _merge_classes(lexicon: dict[str, Any], data: dict[str, Any], path: Path) -> None:
    classes = lexicon.setdefault("classes", {})
    for name, members in data.get("classes", {}).items():
        if name in classes:
            raise RuleError(f"{path.parent.name}/{path.name}: the class {name!r} is already defined")
        classes[name] = members


def _rules(data: dict[str, Any], path: Path) -> Iterator[Rule]:
    for raw in data.get("rule", ()):
        try:
            lists = ("patterns", "examples", "against")
            fields = {**raw, **{key: tuple(raw.get(key, ())) for key in lists}}
            yield Rule(label=data["flag"], max_tokens=fields.pop("max_words", 0), **fields)
        except (KeyError, TypeError) as error:
            raise RuleError(f"{path.parent.name}/{path.name}, rule {raw.get('id', '?')}: {error}") from error


def _check_ids(rules: list[Rule], place: Path) -> None:
    known: set[str] = set()
    for rule in rules:
        if rule.id in known:
            raise RuleError(f"{place.name}: two rules are called {rule.id!r}")
        known.add(rule.id)


@lru_cache(maxsize=4)
def shipped() -> RuleBook:
    """Return the rules that come with smeditor, compiled on first use."""
    return load(FOLDER)
