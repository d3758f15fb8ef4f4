"""The encoder that ``SMEDITOR["EMBEDDING"]`` names: one for each process, and nothing of it loaded before it is asked."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from smeditor import conf
from smeditor.insight.meaning import universal
from smeditor.insight.meaning.encoder import Encode, Encoder

AUTOMATIC = "auto"
UNIVERSAL = "smeditor.insight.meaning.universal.Universal"

_loaded: dict[str, Encoder] = {}


def load(path: str, options: dict[str, Any] | None = None) -> Encoder:
    """Return the encoder at a dotted path: a callable, or a class that ``options`` make one of.

    Its ``version`` is the callable's own where it has one, else the path. Raises ImportError with a sentence where there
    is none, and whatever the newsroom's module or class raises.
    """
    module, _, name = path.rpartition(".")
    try:
        found: Any = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ImportError(f"No embedding model is at {path!r}.") from error
    encode: Encode = found(**(options or {})) if isinstance(found, type) else found
    if not callable(encode):
        raise ImportError(f"{path!r} is not callable.")
    return Encoder(encode, str(getattr(encode, "version", path)))


def path() -> str:
    """The dotted path of the encoder in force; empty: words only."""
    named = conf.get("EMBEDDING")
    if named not in (None, AUTOMATIC):
        return str(named)
    return UNIVERSAL if _is_installed() else ""


def encoder() -> Encoder | None:
    """Return this process's encoder, None where the newsroom has none. One that cannot be loaded has failed already."""
    at, options = path(), conf.get("EMBEDDING_OPTIONS")
    if not at:
        return None
    key = f"{at} {sorted(options.items())}"
    known = _loaded.get(key)
    if known is None or (not known.version and not known.is_resting):
        try:
            _loaded[key] = load(at, options)
        except Exception as error:  # a newsroom's module may fail in any way when it is imported
            _loaded[key] = Encoder(_not_there(error), "")
            _loaded[key].fail(error)
    return _loaded[key]


def forget() -> None:
    """Drop this process's encoders, and what it knows of the extra."""
    _loaded.clear()
    _is_installed.cache_clear()


def _not_there(error: Exception) -> Encode:
    def encode(texts: list[str]) -> Any:
        raise error

    return encode


@cache
def _is_installed() -> bool:
    return universal.is_installed()
