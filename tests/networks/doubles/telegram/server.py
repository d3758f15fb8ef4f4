"""The Bot API over HTTP. Every call and every result is held to the official document, where it is at hand.

What the document does not say is ours, with its source: the sentences of errors are those of the official server
(tdlib/telegram-bot-api, ``Client.cpp`` at 01a3679, read 2026-11-30), the envelope is
https://core.telegram.org/bots/api#making-requests, the codes of ``getUpdates`` are
https://core.telegram.org/bots/api#getting-updates (2026-11-30).
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Request, Response

from tests.networks.doubles.base import ContractBroken, Double
from tests.networks.doubles.telegram.document import Document
from tests.networks.doubles.telegram.readers import Readers, answered
from tests.networks.doubles.telegram.world import CHANNEL, GROUP, Bot, World, entities, units
from tests.shared import ROOT

CALL = re.compile(r"/bot(?P<token>[^/]+)/(?P<method>\w+)")
DOCUMENT = ROOT / "specs/telegram-bot-api.json"
NAMES = {"sendPhoto": "photo", "sendVideo": "video", "sendAnimation": "animation", "sendDocument": "document"}
DAY = 24 * 3600


class Failed(Exception):
    """The server says no."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
        if parameters:
            self.body["parameters"] = parameters


class Server(Readers, Double):
    """Telegram on loopback. ``world`` has what it knows; readers act by the methods here."""

    slug = "telegram"

    def __init__(self) -> None:
        super().__init__()
        self.document = Document(DOCUMENT) if DOCUMENT.exists() else None
        self.reset()

    def reset(self) -> None:
        """Begin with the channel, its group and no message."""
        self.world = World()
        self.files: dict[str, bytes] = {}
        self.calls_made: list[tuple[str, dict[str, Any]]] = []

    @property
    def token(self) -> str:
        """The token of the desk's bot."""
        return self.world.desk.token

    # HTTP

    def answer(self, request: Request) -> Response:
        match = CALL.fullmatch(request.path)
        bot = self.world.bots.get(match["token"]) if match else None
        try:
            if match is None:
                raise Failed(404, "Not Found")
            if bot is None:
                # a token of the right form that no bot has; others are 404 (ClientManager.cpp, 01a3679)
                well_formed = re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]{10,}", match["token"])
                raise Failed(401, "Unauthorized") if well_formed else Failed(404, "Not Found")
            operation: Callable[..., Any] | None = getattr(self, f"do_{match['method']}", None)
            if operation is None:
                raise Failed(404, "Not Found: method not found")
            params, files = self._params(request), request.files
            self.calls_made.append((match["method"], params))
            result = operation(bot, params, files)
        except Failed as error:
            return answered(error.body, error.status)
        return answered({"ok": True, "result": result})

    def check(self, request: Request, response: Response) -> None:
        """Hold call and result to the document."""
        match = CALL.fullmatch(request.path)
        if self.document is None or match is None:
            return
        body = json.loads(response.get_data())
        if body.get("error_code") in {401, 404}:
            return
        self.document.check_call(match["method"], self._params(request), set(request.files))
        if body["ok"]:
            self.document.check_result(match["method"], body["result"])
        elif set(body) - {"ok", "error_code", "description", "parameters"}:
            raise ContractBroken("an error has further members")

    def _params(self, request: Request) -> dict[str, Any]:
        if request.is_json:
            return json.loads(request.get_data()) if request.get_data() else {}
        given = {**request.args.to_dict(), **request.form.to_dict()}
        return {name: self._typed(name, value) for name, value in given.items()}

    def _typed(self, name: str, value: str) -> Any:
        """A form's field as what it is meant to be: text stays text, all else is JSON."""
        if name in {"text", "caption", "question", "url", "secret_token"} or (
            name == "chat_id" and value.startswith("@")
        ):
            return value
        try:
            return json.loads(value)
        except ValueError:
            return value

    # the account

    def do_getMe(self, bot: Bot, params: dict[str, Any], files: Any) -> dict[str, Any]:
        return bot.user | {
            "can_join_groups": True,
            "can_read_all_group_messages": bot.reads_all,
            "supports_inline_queries": False,
        }

    def do_getChat(self, bot: Bot, params: dict[str, Any], files: Any) -> dict[str, Any]:
        return self.world.full(self._chat(bot, params))

    def do_getChatMember(self, bot: Bot, params: dict[str, Any], files: Any) -> dict[str, Any]:
        chat = self._chat(bot, params)
        rights = bot.rights.get(chat)
        if params["user_id"] != bot.number:
            raise Failed(400, "Bad Request: user not found")
        if rights is None:
            raise Failed(403, f"Forbidden: bot is not a member of the {self.world.chats[chat]['type']} chat")
        if not rights:
            return {"status": "member", "user": bot.user}
        named = ("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats")
        named += ("can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users")
        named += ("can_post_stories", "can_edit_stories", "can_delete_stories")
        return {"status": "administrator", "user": bot.user} | dict.fromkeys(named, False) | rights

    def do_getChatMemberCount(self, bot: Bot, params: dict[str, Any], files: Any) -> int:
        self._chat(bot, params)
        return 1234

    def _chat(self, bot: Bot, params: dict[str, Any], right: str = "") -> int:
        chat = self.world.chat(params.get("chat_id"))
        if chat is None:
            raise Failed(400, "Bad Request: chat not found")
        rights = bot.rights.get(chat)
        if rights is None and (right or not self.world.chats[chat].get("username")):
            raise Failed(403, f"Forbidden: bot is not a member of the {self.world.chats[chat]['type']} chat")
        if right and chat == CHANNEL and not (rights or {}).get(right):
            raise Failed(400, "Bad Request: need administrator rights in the channel chat")
        return chat

    # sending

    def do_sendMessage(self, bot: Bot, params: dict[str, Any], files: Any) -> dict[str, Any]:
        chat, text = self._chat(bot, params, "can_post_messages"), params["text"].strip()
        if not text:
            raise Failed(400, "Bad Request: message text is empty")
        if units(text) > 4096:
            raise Failed(400, "Bad Request: message is too long")
        content: dict[str, Any] = {"text": text}
        if found := entities(text):
            content["entities"] = found
        if params.get("link_preview_options"):
            content["link_preview_options"] = params["link_preview_options"]
        return self._publish(bot, chat, content, params)

    def do_sendPoll(self, bot: Bot, params: dict[str, Any], files: Any) -> dict[str, Any]:
        chat, question = self._chat(bot, params, "can_post_messages"), params["question"].strip()
        options = [option["text"].strip() for option in params["options"]]
        if not 1 <= units(question) <= 300:
            raise Failed(400, "Bad Request: poll question must be non-empty and have at most 300 characters")
        if not 1 <= len(options) <= 12:
            raise Failed(400, "Bad Request: poll must have from 1 to 12 answer options")
        if not all(1 <= units(option) <= 100 for option in options):
            raise Failed(400, "Bad Request: poll options must be non-empty and have at most 100 characters")
        if chat == CHANNEL and not params.get("is_anonymous", True):
            raise Failed(400, "Bad Request: non-anonymous polls can't be sent to channel chats")
        if "open_period" in params and not 5 <= params["open_period"] <= 2_628_000:
            raise Failed(400, "Bad Request: open period must be between 5 and 2628000 seconds")
        named = [{"persistent_id": str(place), "text": text, "voter_count": 0} for place, text in enumerate(options)]
        poll = {"id": f"9{len(self.calls_made)}", "question": question, "options": named, "total_voter_count": 0}
        poll |= {"is_closed": False, "is_anonymous": True, "type": "regular", "allows_revoting": True}
        poll |= {"allows_multiple_answers": params.get("allows_multiple_answers", False), "members_only": False}
        poll |= {"open_period": params["open_period"]} if "open_period" in params else {}
        return self._publish(bot, chat, {"poll": poll}, params)

    def do_sendPhoto(self, bot: Bot, params: dict[str, Any], files: Any) -> dict[str, Any]:
        return self._with_file("sendPhoto", bot, params, files)

    def do_sendVideo(self, bot: Bot, params: dict[str, Any], files: Any) -> dict[str, Any]:
        return self._with_file("sendVideo", bot, params, files)

    def do_sendAnimation(self, bot: Bot, params: dict[str, Any], files: Any) -> dict[str, Any]:
        return self._with_file("sendAnimation", bot, params, files)

    def do_sendDocument(self, bot: Bot, params: dict[str, Any], files: Any) -> dict[str, Any]:
        return self._with_file("sendDocument", bot, params, files)

    def _with_file(self, method: str, bot: Bot, params: dict[str, Any], files: Any) -> dict[str, Any]:
        chat, name = self._chat(bot, params, "can_post_messages"), NAMES[method]
        if name not in files:
            raise Failed(400, f"Bad Request: there is no {name} in the request")
        content = self._file(name, files[name], params) | self._caption(params)
        return self._publish(bot, chat, content, params)

    def do_sendMediaGroup(self, bot: Bot, params: dict[str, Any], files: Any) -> list[dict[str, Any]]:
        chat, media = self._chat(bot, params, "can_post_messages"), params["media"]
        kinds = {item["type"] for item in media}
        if not 2 <= len(media) <= 10:
            raise Failed(400, "Bad Request: too many or too few messages in the album")
        if kinds - {"photo", "video"} and len(kinds) > 1:
            raise Failed(400, "Bad Request: can't use the media of the specified type in the album")
        contents = [
            self._file(item["type"], files[item["media"].removeprefix("attach://")], item) | self._caption(item)
            for item in media
        ]
        self.world.next_album += 1
        album = {"media_group_id": str(self.world.next_album)}
        return [self._publish(bot, chat, content | album, params) for content in contents]

    def _caption(self, params: dict[str, Any]) -> dict[str, Any]:
        caption = str(params.get("caption", "")).strip()
        if units(caption) > 1024:
            raise Failed(400, "Bad Request: message caption is too long")
        if not caption:
            return {}
        return {"caption": caption} | ({"caption_entities": entities(caption)} if entities(caption) else {})

    def _file(self, name: str, file: FileStorage, facts: dict[str, Any]) -> dict[str, Any]:
        data = file.stream.read()
        file.stream.seek(0)
        number = hashlib.sha256(data).hexdigest()[:16]
        self.files[number] = data
        own = {"file_id": number, "file_unique_id": number[:8]}
        named = {"file_name": file.filename, "mime_type": file.mimetype, "file_size": len(data)}
        sides = {"width": facts.get("width", 320), "height": facts.get("height", 200)}
        if not data or data.startswith(b"broken"):
            raise Failed(
                400, "Bad Request: IMAGE_PROCESS_FAILED" if name == "photo" else "Bad Request: VIDEO_FILE_INVALID"
            )
        if name == "photo":
            if len(data) > 10 * 1024 * 1024:
                raise Failed(400, "Bad Request: file is too big")
            return {"photo": [own | {"width": 320, "height": 200, "file_size": len(data)}]}
        if name == "document":
            return {"document": own | named}
        shown = own | named | sides | {"duration": facts.get("duration", 0)}
        return {"video": shown} if name == "video" else {"animation": shown, "document": own | named}

    def _publish(self, bot: Bot, chat: int, content: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
        further: dict[str, Any] = {}
        answered = (params.get("reply_parameters") or {}).get("message_id")
        if answered is not None:
            if answered not in self.world.messages[chat]:
                raise Failed(400, "Bad Request: message to be replied not found")
            if chat == GROUP:
                further = self.world.in_thread(chat, answered)
            else:
                further = {"reply_to_message": self.world.without_answers(self.world.messages[chat][answered])}
        author = {"sender_chat": self.world.chats[chat]} if chat == CHANNEL else {"from": bot.user}
        return self.world.add(chat, author | content | further, bot)

    # changing

    def _message(self, bot: Bot, params: dict[str, Any], purpose: str) -> tuple[int, dict[str, Any]]:
        chat = self._chat(bot, params)
        message = self.world.messages[chat].get(params.get("message_id", 0))
        if message is None:
            raise Failed(400, f"Bad Request: message to {purpose} not found")
        return chat, message

    def _own(self, bot: Bot, message: dict[str, Any]) -> bool:
        sender = message.get("sender_chat", {}).get("id")
        return (sender == CHANNEL and "is_automatic_forward" not in message) or message.get("from", {}).get(
            "id"
        ) == bot.number

    def do_editMessageText(self, bot: Bot, params: dict[str, Any], files: Any) -> dict[str, Any]:
        if units(params["text"].strip()) > 4096:
            raise Failed(400, "Bad Request: message is too long")
        return self._edit(bot, params, "text", params["text"].strip())

    def do_editMessageCaption(self, bot: Bot, params: dict[str, Any], files: Any) -> dict[str, Any]:
        return self._edit(bot, params, "caption", self._caption(params).get("caption", ""))

    def _edit(self, bot: Bot, params: dict[str, Any], field: str, text: str) -> dict[str, Any]:
        _chat, message = self._message(bot, params, "edit")
        if not self._own(bot, message):
            raise Failed(400, "Bad Request: message can't be edited")
        if field == "text" and "text" not in message:
            raise Failed(400, "Bad Request: there is no text in the message to edit")
        if field == "caption" and "text" in message:
            raise Failed(400, "Bad Request: there is no caption in the message to edit")
        if message.get(field) == text:
            raise Failed(400, "Bad Request: message is not modified: specified new message content is the same")
        found = {"text": "entities", "caption": "caption_entities"}[field]
        message.pop(found, None)
        message |= {field: text, "edit_date": int(time.time())} | ({found: entities(text)} if entities(text) else {})
        return message

    def do_deleteMessage(self, bot: Bot, params: dict[str, Any], files: Any) -> bool:
        chat, message = self._message(bot, params, "delete")
        may_delete = (bot.rights.get(chat) or {}).get("can_delete_messages", False)
        if not (self._own(bot, message) or may_delete) or time.time() - message["date"] > 2 * DAY:
            raise Failed(400, "Bad Request: message can't be deleted for everyone")
        del self.world.messages[chat][message["message_id"]]
        return True

    def do_deleteMessages(self, bot: Bot, params: dict[str, Any], files: Any) -> bool:
        for number in params["message_ids"]:
            if number in self.world.messages[self._chat(bot, params)]:
                self.do_deleteMessage(bot, {"chat_id": params["chat_id"], "message_id": number}, files)
        return True

    def do_setMessageReaction(self, bot: Bot, params: dict[str, Any], files: Any) -> bool:
        chat, message = self._message(bot, params, "react")
        given = self.world.bot_reactions.setdefault((chat, message["message_id"]), {})
        given[bot.number] = params.get("reaction") or []
        return True

    # updates

    def do_getUpdates(self, bot: Bot, params: dict[str, Any], files: Any) -> list[dict[str, Any]]:
        if bot.webhook:
            sentence = (
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
            raise Failed(409, f"Conflict: {sentence}")
        if params.get("allowed_updates") is not None:
            bot.allowed = params["allowed_updates"]
        offset = params.get("offset") or 0
        if offset > 0:
            bot.queue = [update for update in bot.queue if update["update_id"] >= offset]
        return json.loads(json.dumps(bot.queue[: params.get("limit") or 100]))

    def do_setWebhook(self, bot: Bot, params: dict[str, Any], files: Any) -> bool:
        secret = params.get("secret_token", "")
        if not params["url"].startswith("https://"):
            raise Failed(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
            raise Failed(400, "Bad Request: secret token contains illegal characters")
        bot.webhook, bot.allowed = dict(params), params.get("allowed_updates") or []
        return True

    def do_deleteWebhook(self, bot: Bot, params: dict[str, Any], files: Any) -> bool:
        bot.webhook = {}
        return True

    def do_getWebhookInfo(self, bot: Bot, params: dict[str, Any], files: Any) -> dict[str, Any]:
        known = {
            "url": bot.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(bot.queue),
        }
        return known | bot.webhook.get("_trouble", {})

    def deliveries(self) -> list[tuple[dict[str, str], bytes]]:
        """What Telegram would send to the desk's webhook now, as headers and body; the queue is empty afterwards."""
        bot = self.world.desk
        waiting, bot.queue = bot.queue, []
        headers = {"content-type": "application/json"}
        if bot.webhook.get("secret_token"):
            headers["x-telegram-bot-api-secret-token"] = bot.webhook["secret_token"]
        return [(headers, json.dumps(update).encode()) for update in waiting]
