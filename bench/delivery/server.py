"""A network that accepts everything after a fixed time and remembers when each message was received."""

from __future__ import annotations

import asyncio
import json
import sys
import time


class Server:
    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.received: list[tuple[str, float]] = []

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                length = 0
                while (header := await reader.readline()).strip():
                    if header.lower().startswith(b"content-length:"):
                        length = int(header.split(b":")[1])
                body = await reader.readexactly(length)
                writer.write(await self.answer(line.split()[1].decode(), body))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def answer(self, path: str, body: bytes) -> bytes:
        if path == "/report":
            data = json.dumps(self.received).encode()
            self.received = []
        else:
            self.received.append((json.loads(body)["text"], time.time()))
            await asyncio.sleep(self.latency)
            data = json.dumps({"uri": f"post:{len(self.received)}"}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        return head.encode() + data


async def main() -> None:
    server = await asyncio.start_server(Server(float(sys.argv[1])).connection, "127.0.0.1", 0, backlog=512)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
