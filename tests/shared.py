"""Where the public documents, vectors and data lie that tests read and that the project does not copy."""

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("SMEDITOR_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))


def shared(relative: str) -> Path:
    """Return the path of a shared document, or skip the calling test with the reason that it is not there."""
    path = ROOT / relative
    if not path.exists():
        pytest.skip(
            f"{relative} is not beside this checkout (set SMEDITOR_SHARED to its folder)", allow_module_level=True
        )
    return path
