"""The demo's mail server: takes the desk's letters over SMTP on loopback and keeps each as an .eml file."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Keeper:
    """aiosmtpd's handler: one file a message, named by its arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep one message; the answer is SMTP's."""
        content: Any = envelope.content or b""
        (self.folder / f"{time.time_ns()}.eml").write_bytes(content if isinstance(content, bytes) else content.encode())
        return "250 kept"


async def serve(folder: Path, host: str, port: int) -> None:
    """Take mail until the process is told to end."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stopped.set)
    controller = Controller(Keeper(folder), hostname=host, port=port)
    controller.start()
    try:
        await stopped.wait()
    finally:
        controller.stop()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), "127.0.0.1", int(sys.argv[2])))
