"""The word lists that come with the desk, in French and English, to start from: each becomes rows that a desk edits."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

from django.db import transaction

from smeditor.models import WatchWord, WordList


def shipped() -> dict[str, dict[str, Any]]:
    """The lists by their names among the files: name, language, severity and entries (pattern, advice)."""
    folder = resources.files("smeditor.publishing.checks") / "starters"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return {file.name.removesuffix(".toml"): tomllib.loads(file.read_text(encoding="utf-8")) for file in files}


@transaction.atomic
def create_missing() -> list[WordList]:
    """Create the lists that are not there, and return them. One that is there is a desk's own by now and stays as it is."""
    there = set(WordList.objects.filter(starter__isnull=False).values_list("starter", flat=True))
    made = []
    for starter, content in shipped().items():
        if starter in there:
            continue
        word_list = WordList.objects.create(
            starter=starter, name=content["name"], language=content["language"], severity=content["severity"]
        )
        WatchWord.objects.bulk_create(WatchWord(word_list=word_list, **entry) for entry in content["entries"])
        made.append(word_list)
    return made
