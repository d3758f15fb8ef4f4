"""``python -m bench.news_sentences FILE... > news_fr.txt``: sentences of newspapers' articles, one a line, each once.

They are read where somebody else keeps them, and nothing of them lies in the project. A file may be a treebank in CoNLL-U
(its ``# text`` lines) or articles as text, bare or between tags of any kind, one paragraph a line. What is no sentence, such
as a heading, an address or a list of links, is left out: a sentence ends like one and has four words or more.

The corpus that ``tests/insight/triage/test_prose.py`` was last tried on was made from these public repositories, read on
2026-11-30: feryah/gilets_jaunes (articles of newspapers of Belgium, Switzerland, Quebec, Algeria and France, and in English of
Britain, Ireland and the United States; they belong to their newspapers, so they are read, never passed on), and
UniversalDependencies/UD_French-Sequoia (``annodis.er``, L'Est Républicain, LGPL-LR) and UD_French-PUD (news, CC BY-SA 3.0).
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

TREEBANK = "# text = "
_TAG = re.compile(r"<[^<>]*>")
_LINK = re.compile(r"https?://|www\.|pic\.twitter")
_END = re.compile(r"(?<=[.!?…])[\"”»’)]*\s+(?=[«“\"(]?\s?[A-ZÀ-Þ0-9])|(?<=[.!?…] [»”])\s+")
_SENTENCE = re.compile(r"[.!?…][\"”»’)\s]*$")
LEAST_TOKENS, MOST_CHARACTERS = 4, 1_000


def sentences(lines: Iterable[str]) -> Iterator[str]:
    """Return the sentences of a file's lines, without tags, in their order."""
    for line in lines:
        if line.startswith(TREEBANK):
            yield from _checked([line.removeprefix(TREEBANK)])
        elif line[:1] not in ("#", "") and "\t" not in line:
            yield from _checked(_END.split(html.unescape(_TAG.sub(" ", line))))


def _checked(found: Iterable[str | None]) -> Iterator[str]:
    for sentence in (" ".join((part or "").split()) for part in found):
        if len(sentence) > MOST_CHARACTERS or len(sentence.split()) < LEAST_TOKENS or _LINK.search(sentence):
            continue
        if _SENTENCE.search(sentence) and sentence.count("<") + sentence.count(">") == 0:
            yield sentence


def main() -> int:
    """Write the sentences of the files that are named."""
    files = [Path(name).read_text(encoding="utf-8", errors="replace").splitlines() for name in sys.argv[1:]]
    for sentence in dict.fromkeys(sentence for lines in files for sentence in sentences(lines)):
        print(sentence)
    return 0


if __name__ == "__main__":
    sys.exit(main())
