"""The public sets that lie beside the checkout (SMEDITOR_SHARED, or ../shared), and the scorer that comes with them."""

import importlib.util
import json
import os
import random
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(os.environ.get("SMEDITOR_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))
GROUPING = ("banking77", "clinc150", "argkp2021_train_dev")


def shared(relative: str) -> Path | None:
    path = ROOT / relative
    return path if path.exists() else None


def grouping_set(name: str, seed: int, limit: int | None = None) -> list[dict[str, Any]]:
    """Return the rows of a grouping set, shuffled with the seed; at most ``limit`` of them."""
    with (ROOT / f"data/grouping/{name}.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()]
    random.Random(seed).shuffle(rows)
    return rows[:limit]


@lru_cache(maxsize=1)
def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score_grouping", ROOT / "tools/score_grouping.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(ROOT / "tools/score_grouping.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
