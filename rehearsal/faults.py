"""The ways in which a page of a site can fail on the wire."""

import asyncio
import functools
import zlib
from collections.abc import AsyncIterator, Iterable
from http import HTTPStatus

from rehearsal.http import Answer, Raw, serialise
from rehearsal.site import Fault

MEGABYTE = 1024 * 1024
BOMB_MEGABYTES = 10_000
# A client that never hangs up is left alone after this many seconds.
PATIENCE = 300.0


def head_of(
    status: int, headers: Iterable[tuple[str, str]] = (), *, length: int | None = None
) -> bytes:
    """The head of an answer whose body follows in a way of its own."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", "Server: nginx"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines += [] if length is None else [f"Content-Length: {length}"]
    return ("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode()


async def pour(writer: asyncio.StreamWriter, head: bytes, pieces: AsyncIterator[bytes]) -> None:
    """Write piece by piece, no faster than the client reads, so that nothing piles up here."""
    writer.write(head)
    async with asyncio.timeout(PATIENCE):
        async for piece in pieces:
            writer.write(piece)
            await writer.drain()


async def repeat(piece: bytes, times: int | None = None) -> AsyncIterator[bytes]:
    """The same piece so many times, or for ever."""
    done = 0
    while times is None or done < times:
        yield piece
        done += 1
        await asyncio.sleep(0)  # other clients have their turn even when nobody has to wait


async def slowly(body: bytes, seconds: float) -> AsyncIterator[bytes]:
    """One byte after the other, with so many seconds between two."""
    for value in body:
        yield bytes([value])
        await asyncio.sleep(seconds)


@functools.cache
def bomb_block() -> bytes:
    """A megabyte of zeros in about a kilobyte of deflate that may be repeated at will."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeezer.compress(b"\0" * MEGABYTE) + squeezer.flush(zlib.Z_FULL_FLUSH)


GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


async def bomb() -> AsyncIterator[bytes]:
    """A gzip stream of ten megabytes on the wire that grows to ten gigabytes."""
    yield GZIP_HEAD
    async for piece in repeat(bomb_block(), BOMB_MEGABYTES):
        yield piece


def faulty(fault: Fault, answer: Answer) -> Answer:
    """The answer as a server with this fault gives it."""
    if fault.kind == "busy":
        return Answer(
            429,
            b"<html><head><title>429 Too Many Requests</title></head></html>",
            (("Content-Type", "text/html"), ("Retry-After", f"{fault.seconds:.0f}")),
        )
    return Answer(answer.status, answer.body, answer.headers, _raw(fault, answer))


def _raw(fault: Fault, answer: Answer) -> Raw:
    """What writes the answer with a fault of the wire."""
    body, headers = answer.body, answer.headers

    async def write(writer: asyncio.StreamWriter) -> None:
        head = functools.partial(head_of, answer.status, headers)
        match fault.kind:
            case "slow":
                await asyncio.sleep(fault.seconds)
                writer.write(serialise(answer, head_only=False, close=True))
            case "drip":
                await pour(writer, head(length=len(body)), slowly(body, fault.seconds))
            case "drop":
                writer.write(head(length=len(body)) + body[: len(body) // 2])
            case "endless":
                await pour(writer, head(), repeat(body or b" " * 1024))
            case "gzip_bomb":
                packed = (*headers, ("Content-Encoding", "gzip"))
                await pour(writer, head_of(answer.status, packed), bomb())
            case "long_length":
                writer.write(head(length=len(body) + 5000) + body)
            case _:  # short_length
                writer.write(head(length=len(body) // 2) + body)
        await writer.drain()

    return write
