"""Who is on the practice network and what they say: ``content/readers.toml`` as plain dataclasses."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent / "content" / "readers.toml"


@dataclass(frozen=True)
class Member:
    """Somebody on the practice network. The password is made from the name: it opens nothing but this demo."""

    username: str
    name: str

    @property
    def password(self) -> str:
        """Opens this member's account on the practice network, and nothing else."""
        return f"demo-{self.username}"


@dataclass(frozen=True)
class DeskAccount(Member):
    """An account of the newspaper, and the articles that its rule takes (an empty list takes all)."""

    language: str = "fr"
    sections: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One thing that a reader does."""

    by: str
    operation: str
    text: str = ""
    account: str = ""
    article: str = ""
    key: str = ""
    to: str = ""
    kind: str = ""
    email: str = ""


@dataclass(frozen=True)
class Cast:
    """Everybody in the script, what they do in which order, and the desk's answer."""

    accounts: list[DeskAccount] = field(default_factory=list)
    readers: list[Member] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    answer: dict[str, str] = field(default_factory=dict)

    @property
    def members(self) -> list[Member]:
        """All who need an account on the network."""
        return [*self.accounts, *self.readers]


def load() -> Cast:
    """Read the script."""
    data = tomllib.loads(SCRIPT.read_text("utf-8"))
    return Cast(
        accounts=[
            DeskAccount(
                entry["username"],
                entry["name"],
                entry["language"],
                tuple(entry["sections"]),
                tuple(entry["languages"]),
            )
            for entry in data["accounts"]
        ],
        readers=[Member(entry["username"], entry["name"]) for entry in data["readers"]],
        lines=[Line(**entry) for entry in data["lines"]],
        answer=data["answer"],
    )
