"""A TCP relay before a broker, whose connections can be cut without any right on the broker.

``python -m tests.faults.relay host port`` says on its first line on which loopback port it listens, and breaks one
connection, drawn by lot, whenever it receives SIGUSR1.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import sys


class Relay:
    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.open: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection(self.host, self.port)
            pair = (writer, far_writer)
            self.open.add(pair)
            try:
                await asyncio.gather(self.pass_on(reader, far_writer), self.pass_on(far_reader, writer))
            finally:
                self.open.discard(pair)
                self.cut(pair)
        writer.transport.abort()

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        writer.transport.abort()

    def cut(self, pair: tuple[asyncio.StreamWriter, asyncio.StreamWriter]) -> None:
        for writer in pair:
            writer.transport.abort()

    def cut_one(self) -> None:
        if self.open:
            self.cut(random.choice(list(self.open)))


async def serve(host: str, port: int) -> None:
    relay = Relay(host, port)
    server = await asyncio.start_server(relay.connect, "127.0.0.1", 0)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, relay.cut_one)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
