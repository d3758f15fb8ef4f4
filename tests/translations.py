"""Whether the French catalogues are whole: ``python -m tests.translations``, a part of ``make lint``.

Reads the committed .po and .mo files of the plugin and of the newsroom; where GNU gettext is installed it also
collects the strings of the code afresh, in a temporary copy, and names those that no catalogue has.
"""

from __future__ import annotations

import ast
import gettext
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ["smeditor", "newsroom", "templates", "manage.py"]
GETTEXT_TOOLS = ["xgettext", "msgmerge", "msguniq", "msgattrib"]

PLACEHOLDER = re.compile(r"%\(\w+\)[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]|%[sdr]\b|\{\w*\}")
TAG = re.compile(r"</?[a-zA-Z][^>]*>")
LINE = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)\s+(".*")$')
BAD_TYPOGRAPHY = [
    (re.compile(r"\w'\w"), "a straight apostrophe"),
    (re.compile(r" [:;!?»]|« "), "an ordinary space at a French sign"),
    (re.compile(r"\w[!?»]|\w;(?!\S)"), "no space before a French sign"),
]


@dataclass
class Entry:
    """One string of a catalogue: ``ids`` holds the singular and, where there is one, the plural."""

    ids: list[str]
    context: str = ""
    strings: list[str] = field(default_factory=list)
    fuzzy: bool = False

    @property
    def name(self) -> str:
        return f"[{self.context}] {self.ids[0]}" if self.context else self.ids[0]

    @property
    def key(self) -> tuple[str, ...]:
        return (self.context, *self.ids)


@dataclass(frozen=True)
class Catalogue:
    """A committed catalogue, and how its strings are collected from the code (as ``make messages`` does)."""

    app: str
    folder: str
    ignored: tuple[str, ...] = ()

    @property
    def po(self) -> Path:
        return ROOT / self.app / "locale" / "fr" / "LC_MESSAGES" / "django.po"

    @property
    def mo(self) -> Path:
        return self.po.with_suffix(".mo")


CATALOGUES = [Catalogue("smeditor", "smeditor"), Catalogue("newsroom", ".", ("smeditor",))]


def read_po(path: Path) -> list[Entry]:
    """The entries of a .po file in its order, without the header and without obsolete ones."""
    entries = []
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        parts: dict[str, str] = {}
        fuzzy, current = False, ""
        for line in block.splitlines():
            if line.startswith("#"):
                fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            elif found := LINE.match(line):
                current = found[1]
                parts[current] = ast.literal_eval(found[2])
            elif line.startswith('"'):
                parts[current] += ast.literal_eval(line)
        if parts.get("msgid"):
            ids = [parts["msgid"], *([parts["msgid_plural"]] if "msgid_plural" in parts else [])]
            strings = [value for name, value in sorted(parts.items()) if name.startswith("msgstr")]
            entries.append(Entry(ids, parts.get("msgctxt", ""), strings, fuzzy))
    return entries


def read_mo(path: Path) -> dict[str, list[str]]:
    """The strings that a program gets, by context and msgid; plural forms in their order."""
    with path.open("rb") as stream:
        stored = gettext.GNUTranslations(stream)._catalog  # type: ignore[attr-defined]
    strings: dict[str, dict[int, str]] = {}
    for key, value in stored.items():
        msgid, number = key if isinstance(key, tuple) else (key, 0)
        strings.setdefault(msgid, {})[number] = value
    return {msgid: [forms[number] for number in sorted(forms)] for msgid, forms in strings.items() if msgid}


def untranslated(entries: list[Entry]) -> Iterator[str]:
    """Entries that a reader of French would see in English, or as a machine's guess."""
    for entry in entries:
        if entry.fuzzy:
            yield f"is fuzzy: {entry.name}"
        if len(entry.strings) != len(entry.ids) or not all(string.strip() for string in entry.strings):
            yield f"has no French: {entry.name}"


def unlike(entries: list[Entry]) -> Iterator[str]:
    """Translations whose placeholders or tags are not those of the English.

    A singular may leave its number out, or say it, whichever of the two English forms does so too.
    """
    for entry in entries:
        for number, string in enumerate(entry.strings):
            models = entry.ids if number == 0 else entry.ids[-1:]
            for pattern, what in ((PLACEHOLDER, "placeholders"), (TAG, "tags")):
                wanted = [Counter(pattern.findall(model)) for model in models]
                if string and Counter(pattern.findall(string)) not in wanted:
                    yield f"has other {what}: {entry.name} → {string}"


def badly_set(entries: list[Entry]) -> Iterator[str]:
    """Translations that are not set as French is: ’ for an apostrophe, a narrow space at : ; ! ? « »."""
    for entry in entries:
        for string in entry.strings:
            for pattern, what in BAD_TYPOGRAPHY:
                if pattern.search(re.sub(r"https?://\S+", "", string)):
                    yield f"has {what}: {string}"


def not_compiled(catalogue: Catalogue, entries: list[Entry]) -> Iterator[str]:
    """Strings of the .po that its .mo gives otherwise: it was not compiled, or not committed."""
    if not catalogue.mo.is_file():
        yield f"is missing: {catalogue.mo.name}"
        return
    compiled = read_mo(catalogue.mo)
    written = {f"{entry.context}\x04{entry.ids[0]}" if entry.context else entry.ids[0]: entry for entry in entries}
    for key, entry in written.items():
        if compiled.get(key) != entry.strings:
            yield f"is not in the compiled file as it is written: {entry.name}"
    for key in compiled.keys() - written.keys():
        yield f"is only in the compiled file: {key}"


def faults(catalogue: Catalogue) -> list[str]:
    """What is wrong with the committed files of one catalogue, without looking at the code."""
    entries = read_po(catalogue.po)
    return [*untranslated(entries), *unlike(entries), *badly_set(entries), *not_compiled(catalogue, entries)]


def collected(catalogue: Catalogue, copy: Path) -> list[Entry]:
    """The strings that the code has now, collected in a copy of it.

    Raises RuntimeError when the collecting itself fails; its text is what makemessages said.
    """
    ignored = [part for pattern in catalogue.ignored for part in ("-i", pattern)]
    command = [sys.executable, str(copy / "manage.py"), "makemessages", "-l", "fr", "--no-location", "--no-wrap"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "newsroom.settings.testing"}
    done = subprocess.run(
        [*command, *ignored], cwd=copy / catalogue.folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return read_po(copy / catalogue.po.relative_to(ROOT))


def missing() -> list[str]:
    """Strings of the code that no catalogue has."""
    faults_found = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in SOURCES:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
        for catalogue in CATALOGUES:
            known = {entry.key for entry in read_po(catalogue.po)}
            new = [entry for entry in collected(catalogue, copy) if entry.key not in known]
            faults_found += [f"{catalogue.app}: is in the code only: {entry.name}" for entry in new]
    return faults_found


def main() -> int:
    faults_found = [f"{catalogue.app}: {fault}" for catalogue in CATALOGUES for fault in faults(catalogue)]
    absent = [tool for tool in GETTEXT_TOOLS if not shutil.which(tool)]
    if absent:
        say(f"GNU gettext is not installed ({', '.join(absent)}): new strings in the code are not looked for.")
    else:
        faults_found += missing()
    for line in faults_found:
        say(line)
    if faults_found:
        say(f"{len(faults_found)} faults in the translations. Run `make messages`, translate, and run it once more.")
    return 1 if faults_found else 0


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
