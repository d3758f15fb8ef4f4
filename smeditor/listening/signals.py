"""The receiver of the newspaper's own form. It imports what it calls when the first message comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smeditor.signals import reader_message

if TYPE_CHECKING:
    from smeditor.models import Reaction, Tombstone


def connect() -> None:
    """Take the messages of the host's form from now on."""
    reader_message.connect(on_reader_message, dispatch_uid="smeditor.listening")


def on_reader_message(sender: Any, **message: Any) -> Reaction | Tombstone:
    """Receiver of :data:`smeditor.signals.reader_message`."""
    from smeditor.listening.receive import form_message

    message.pop("signal", None)
    return form_message(**message)
