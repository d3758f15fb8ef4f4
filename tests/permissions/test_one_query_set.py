"""K6: no view of the desk starts from all rows of what not everybody may see; it asks ``permissions.visibility``."""

import ast
from pathlib import Path

DESK = Path(__file__).resolve().parents[2] / "smeditor" / "desk"
ASKED_FOR = {
    "Reaction",
    "Concern",
    "ConcernMatch",
    "CorrectionRequest",
    "Post",
    "Delivery",
    "Digest",
    "Tip",
    "ReactionText",
}
MAY = {
    "first_steps.py": "whether there is any post, and any delivery, at all",
    "inbox/listing.py": "whether a reaction that is visible has words, asked beside the visible rows",
    "digests.py": "when one's own last letter went out",
    "tips.py": "who is named on a tip, asked beside the visible rows",
    "posts/approving.py": "the lock on the post that the gate let through",
    "posts/preview_cards.py": "the deliveries of the very post that is being written",
    "posts/suggesting.py": "the tags in what visible accounts published, which anybody can read there",
    "posts/viewset.py": "the deliveries of a post that was just approved",
}


def from_all_rows(path: Path) -> list[str]:
    """The models whose ``objects`` a file names, ``.none()`` aside, which shows nothing."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    empty = {node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "none"}
    return [
        node.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"objects", "_default_manager"}
        and isinstance(node.value, ast.Name)
        and node.value.id in ASKED_FOR
        and node not in empty
    ]


def test_no_view_starts_from_all_rows():
    files = {str(path.relative_to(DESK)): from_all_rows(path) for path in sorted(DESK.rglob("*.py"))}
    assert {name: models for name, models in files.items() if models and name not in MAY} == {}
