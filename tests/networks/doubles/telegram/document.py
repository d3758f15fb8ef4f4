"""The official document of the Bot API as a checker: every parameter, every required mark, every answer's type.

``shared/specs/telegram-bot-api.json`` is https://core.telegram.org/bots/api as data (Bot API 10.1, June 11, 2026).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.networks.doubles.base import ContractBroken

CONSTANT = re.compile(r"""(?:always|must be) ["“]?(\w+)["”]?\Z""")
"""How the document says that a field has always the same value."""
PLAIN = {"Integer": int, "String": str, "Boolean": bool, "True": bool, "Float": float}


class Document:
    """The document at ``path``."""

    def __init__(self, path: Path) -> None:
        found = json.loads(path.read_text())
        self.methods: dict[str, Any] = found["methods"]
        self.types: dict[str, Any] = found["types"]

    def check_call(self, method: str, params: Mapping[str, Any], files: set[str]) -> None:
        """Raise ContractBroken unless the document allows a call with ``params`` and the form's ``files``."""
        if method not in self.methods:
            raise ContractBroken(f"there is no method {method}")
        fields = {field["name"]: field for field in self.methods[method].get("fields", ())}
        attached = {name for name in files if name not in fields}
        used: set[str] = set()
        for name, value in params.items():
            if name not in fields:
                raise ContractBroken(f"{method} knows no parameter {name!r}")
            self.check(value, fields[name]["types"], f"{method}.{name}")
            used |= attachments(value)
        for name, field in fields.items():
            if field["required"] and name not in params and name not in files:
                raise ContractBroken(f"{method} lacks {name!r}")
            if name in files and "InputFile" not in field["types"]:
                raise ContractBroken(f"{method}.{name} is no file")
        if used != attached:
            raise ContractBroken(f"{method}: attached {sorted(attached)}, named {sorted(used)}")

    def check_result(self, method: str, result: Any) -> None:
        """Raise ContractBroken unless ``result`` is of a type that ``method`` returns."""
        self.check(result, self.methods[method]["returns"], f"result of {method}")

    def check(self, value: Any, types: list[str], what: str) -> None:
        """Raise ContractBroken unless ``value`` is of one of ``types``. An array may mix what its alternatives hold."""
        items = [name.removeprefix("Array of ") for name in types if name.startswith("Array of ")]
        if isinstance(value, list) and items:
            for place, item in enumerate(value):
                self.check(item, items, f"{what}[{place}]")
            return
        problems = []
        for name in types:
            try:
                self._check_type(value, name, what)
            except ContractBroken as error:
                problems.append(str(error))
            else:
                return
        raise ContractBroken("; ".join(problems[:3]))

    def _check_type(self, value: Any, name: str, what: str) -> None:
        if name.startswith("Array of "):
            raise ContractBroken(f"{what} is no array")
        if name in PLAIN:
            wanted = PLAIN[name]
            sound = isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))
            if not sound and not (wanted is float and isinstance(value, int)):
                raise ContractBroken(f"{what}: {value!r:.60} is no {name}")
            return
        declared = self.types.get(name)
        if declared is None or name == "InputFile":
            raise ContractBroken(f"{what}: {name} cannot stand here")
        if declared.get("subtypes"):
            self.check(value, declared["subtypes"], what)
            return
        self._check_object(value, name, declared, what)

    def _check_object(self, value: Any, name: str, declared: dict[str, Any], what: str) -> None:
        if not isinstance(value, dict):
            raise ContractBroken(f"{what} is no {name}")
        fields = {field["name"]: field for field in declared.get("fields", ())}
        unknown = value.keys() - fields.keys()
        missing = {key for key, field in fields.items() if field["required"]} - value.keys()
        if unknown or missing:
            raise ContractBroken(f"{what} as {name}: unknown {sorted(unknown)}, missing {sorted(missing)}")
        for key, item in value.items():
            self.check(item, fields[key]["types"], f"{what}.{key}")
        for key in ("type", "status"):
            constant = fields.get(key, {}).get("description", "")
            fixed = CONSTANT.search(constant)
            if key in value and fixed and value[key] != fixed[1]:
                raise ContractBroken(f"{what} as {name}: {key} is {value[key]!r}")


def attachments(value: Any) -> set[str]:
    """The names of form fields that ``value`` refers to with ``attach://``."""
    if isinstance(value, str):
        return {value.removeprefix("attach://")} if value.startswith("attach://") else set()
    if isinstance(value, list):
        return set().union(*map(attachments, value)) if value else set()
    if isinstance(value, dict):
        return set().union(*map(attachments, value.values())) if value else set()
    return set()
