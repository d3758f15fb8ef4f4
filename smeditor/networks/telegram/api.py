"""One bot at a Bot API server: the call, its envelope, and what its refusals mean.

https://core.telegram.org/bots/api#making-requests (2026-11-30): ``{"ok", "result"}`` or ``{"ok", "error_code", "description",
"parameters"}``, the HTTP status being the code. The sentences of ``description`` are in no document; they are those of the
official server's source, https://github.com/tdlib/telegram-bot-api (``Client.cpp`` at 01a3679, 2026-05-07, read 2026-11-30).

The token is part of every address: nothing here, nor what is raised here, names one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
from django.utils.translation import gettext as _

from smeditor.exceptions import (
    AuthExpired,
    BadAnswer,
    Gone,
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    Refused,
    SmeditorError,
)
from smeditor.networks.client import GuardedClient
from smeditor.networks.http import JsonApi, bounded, decode
from smeditor.networks.rates import Rate, Rates

TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{10,100}", re.ASCII)
GONE = (
    "message to edit not found",
    "message to delete not found",
    "message to be replied not found",
    "message to react not found",
    "message thread not found",
    "message_id_invalid",
)
RIGHTS = (
    "chat not found",
    "administrator rights",
    "not enough rights",
    "have no rights",
    "chat_write_forbidden",
    "chat_admin_required",
    "channel_private",
    "not a member",
    "group chat was deactivated",
)
BAD_FILE = ("photo_", "image_process_failed", "video_", "media_invalid", "file_", "wrong file", "wrong type")
UNCHANGED = "message is not modified"
NO_TEXT = "there is no text in the message to edit"
NO_CAPTION = "there is no caption in the message to edit"
UNDELETABLE = "message can't be deleted"
CONFLICT = 409


class BotApi(JsonApi):
    """The methods of the Bot API for the bot of ``token``. Raises AuthExpired where the token is not a whole one."""

    def __init__(self, server_url: str, token: str, client: GuardedClient, *, label: str, rates: Rates) -> None:
        self.is_usable = bool(TOKEN.fullmatch(token))
        super().__init__(f"{server_url.rstrip('/')}/bot{token}", client, label=label, rates=rates)

    def ask(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        effect: bool = False,
        files: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Call ``method`` and return its ``result``. ``files`` go along as a form, as httpx takes them.

        Raises the tree of :class:`NetworkError`; an answer that is no envelope is BadAnswer, or OutcomeUnknown with
        ``effect``.
        """
        if not self.is_usable:
            raise AuthExpired(_("The bot's token is missing or not whole. Connect the account again."))
        given = {key: value for key, value in (params or {}).items() if value is not None}
        body: dict[str, Any] = {"json": given} if files is None else {"data": form(given), "files": files}
        try:
            answer = self.call("POST", f"/{method}", effect=effect, timeout=timeout, **body)
        except SmeditorError as error:
            raise error from None  # what a transport says of its failure may quote the address, and the token in it
        data = answer.data
        if isinstance(data, dict) and data.get("ok") is True and data.get("result") is not None:
            return data["result"]
        sentence = _("%(host)s does not answer like a Bot API server.") % {"host": self.host}
        raise (OutcomeUnknown if effect else BadAnswer)(sentence, status=answer.status)

    def describe(self, data: Any) -> tuple[str, str]:
        """Return (error code, description) of an envelope."""
        if not isinstance(data, dict):
            return "", ""
        return str(data.get("error_code") or "")[:20], str(data.get("description") or "")

    def error(self, response: httpx.Response, now: datetime, *, effect: bool, rate: Rate | None) -> NetworkError:
        """Return the error that an answer means. ``code`` is the server's description, by which callers tell them apart."""
        found = super().error(response, now, effect=effect, rate=rate)
        body = envelope(response)
        description = str(body.get("description") or "").lower()
        known: dict[str, Any] = {"status": found.status, "code": description[:200], "cause": found.cause}
        params = {"host": self.host}
        status = response.status_code
        if isinstance(found, RateLimited):
            pause = retry_after(body)
            return RateLimited(found.sentence, until=bounded(now + pause, now) if pause else found.until, **known)
        if isinstance(found, Gone) and body.get("ok") is not False:
            return BadAnswer(_("%(host)s does not answer like a Bot API server.") % params, **known)
        if isinstance(found, Gone):
            if "method not found" in description:
                return Refused(_("%(host)s is too old: it does not know what was asked.") % params, **known)
            return AuthExpired(_("Telegram knows no bot with this token. Connect the account again."), **known)
        if status == 403 and body.get("ok") is False:
            return AuthExpired(_("The bot was put out of the channel. Make it an administrator there again."), **known)
        if status == 400 and any(part in description for part in GONE):
            return Gone(_("Telegram says that this message does not exist any more."), **known)
        if status == 400 and any(part in description for part in RIGHTS):
            sentence = _(
                "The bot lacks a right there, or is not there. Make it an administrator with the right to post."
            )
            return AuthExpired(sentence, **known)
        if status == 400 and any(part in description for part in BAD_FILE):
            return Refused(_("Telegram cannot use this file: %(reason)s") % {"reason": description[:200]}, **known)
        found.code = description[:200]
        return found


def envelope(response: httpx.Response) -> dict[str, Any]:
    """The decoded object of an error answer, or an empty one."""
    try:
        body = decode(response.content)
    except SmeditorError:
        return {}
    return body if isinstance(body, dict) else {}


def retry_after(body: Mapping[str, Any]) -> timedelta | None:
    """``parameters.retry_after`` of an error (https://core.telegram.org/bots/api#responseparameters, 2026-11-30)."""
    parameters = body.get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds < 10**9:
        return None
    return timedelta(seconds=seconds)


def form(params: Mapping[str, Any]) -> dict[str, str]:
    """Parameters as fields of a form: what is no text stands as JSON (https://core.telegram.org/bots/api#making-requests)."""
    return {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for key, value in params.items()
    }
