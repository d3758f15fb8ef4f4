"""YouTube as a demo and the fault harness use it: readers comment on videos, the newsroom answers them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.networks.doubles import controls
from tests.networks.doubles.youtube.server import REFRESH, SCOPE, TOKEN, error_body
from tests.networks.doubles.youtube.state import NAMES, OURS

PUBLISHING = re.compile(r"(?:POST|PUT|DELETE) /youtube/v3/comments(?:/setModerationStatus)?")


class Control(controls.Control):
    limited = (403, error_body(403, "rateLimitExceeded", "Quota exceeded per minute."), {})
    unauthorised = (401, error_body(401, "authError", "Invalid Credentials"), {})
    broken = (500, error_body(500, "backendError", "Backend Error"), {})
    come_back = (503, error_body(503, "backendError", "Service unavailable"), {})

    def connection(self) -> dict[str, Any]:
        self.double.tokens[TOKEN] = self.double.refresh_tokens[REFRESH] = SCOPE
        secret = {"access_token": TOKEN, "refresh_token": REFRESH}
        return {"handle": NAMES[OURS].removeprefix("@"), "remote_id": OURS, "secret": secret}

    def visible(self) -> list[tuple[str, str]]:
        comments = self.double.state.comments.values()
        ours = [row for row in comments if row.author == OURS and row.status == "published"]
        return [(row.text, row.comment_id) for row in ours]

    def reader_writes(self, by: str, text: str, post: str = "") -> str:
        """Under a video of ours, or in the thread of a comment. The desk uploads none: a channel without one gets one."""
        state = self.double.state
        author = next((known for known, name in NAMES.items() if name == f"@{by}"), by)
        ours = [video.video_id for video in state.videos.values() if video.channel == OURS]
        under = post or (ours[-1] if ours else state.upload())
        if under in state.videos:
            return str(state.comment(under, text, author))
        return str(state.reply(under, text, author))

    def publishes(self, method: str, path: str) -> bool:
        return bool(PUBLISHING.fullmatch(f"{method} {path}"))

    def set_clock(self, now: Callable[[], datetime]) -> None:
        self.double.state.now = now
