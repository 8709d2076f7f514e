"""JSON Lines in, JSON Lines out: one answer for one line, in order, in constant memory."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from core.answers import InvalidInput
from tui.cli.output import Problem, error_object, reading_fault, report
from tui.i18n import tr

_T = TypeVar("_T")
Answer = Callable[[bytes], bytes]
_CHUNK = 1 << 20
NULL = msgspec.Raw(b"null")


class _Identity(msgspec.Struct):
    id: msgspec.Raw = NULL


_identity = msgspec.json.Decoder(_Identity)


def batch_argument(parser: argparse.ArgumentParser) -> None:
    """The `--batch FILE|-` option."""
    parser.add_argument("--batch", metavar="FILE|-", required=True, help=tr("cli.batch.file"))


def run_batch(source: str, answer: Answer, failed: dict[str, object]) -> int:
    """Answer every line of a file (or of standard input, `-`); the exit status says whether all were good.

    `answer` raises `InvalidInput` for a bad line: that line is answered with `failed`, its id and the error.
    Answers are written out before every read that may have to wait.
    """
    bad = 0
    number = 0
    with _opened(source) as stream:
        for lines in _chunks(stream):
            answers: list[bytes] = []
            for line in lines:
                number += 1
                if not line or line.isspace():
                    continue
                try:
                    answers.append(answer(utf8(line)))
                except InvalidInput as error:
                    bad += 1
                    answers.append(_failure(line, number, error, failed))
            if answers:
                answers.append(b"")
                sys.stdout.buffer.write(b"\n".join(answers))
                sys.stdout.buffer.flush()
    return 1 if bad else 0


def lines_of(source: str) -> Iterator[tuple[int, bytes]]:
    """The lines of a file (or of standard input, `-`) that hold something, with their numbers."""
    number = 0
    with _opened(source) as stream:
        for lines in _chunks(stream):
            for line in lines:
                number += 1
                if line and not line.isspace():
                    yield number, line


def filter_lines(change: Callable[[str], str]) -> int:
    """Change every line of standard input; one that is not UTF-8 stays as it is and is told on standard error."""
    bad = 0
    number = 0
    for lines in _chunks(sys.stdin.buffer):
        for line in lines:
            number += 1
            text, end = line.removesuffix(b"\r"), b"\r\n" if line.endswith(b"\r") else b"\n"
            changed = text
            try:
                changed = change(text.decode()).encode()
            except UnicodeDecodeError as error:
                bad += 1
                _tell_bytes(error, number)
            sys.stdout.buffer.write(changed + end)
        sys.stdout.buffer.flush()
    return 1 if bad else 0


def lines_decoded() -> tuple[list[str], int]:
    """The lines of standard input that hold something, and how many more are not UTF-8, which is told."""
    found: list[str] = []
    bad = 0
    for number, line in lines_of("-"):
        try:
            found.append(line.removesuffix(b"\r").decode())
        except UnicodeDecodeError as error:
            bad += 1
            _tell_bytes(error, number)
    return found, bad


def _tell_bytes(error: UnicodeDecodeError, number: int) -> None:
    sys.stdout.flush()
    report(Problem("file_not_utf8", {"position": str(error.start + 1)}, line=number), as_json=False)


def decode(decoder: msgspec.json.Decoder[_T], line: bytes) -> _T:
    """Decode one line.

    Raises `InvalidInput`: `json_invalid`, `field_missing`, or what `_code` says of the field that is wrong.
    """
    try:
        return decoder.decode(line)
    except msgspec.ValidationError as error:
        raise _wrong_field(str(error)) from None
    except (msgspec.DecodeError, RecursionError):
        raise InvalidInput("json_invalid") from None


def _wrong_field(message: str) -> InvalidInput:
    said, _, path = message.partition(" - at `")
    field = path.rstrip("`").removeprefix("$.")
    if "missing required field" in said:
        name = said.split("`")[1]
        return InvalidInput("field_missing", field=f"{field}.{name}" if field else name)
    if not field:
        return InvalidInput("line_not_object")
    return InvalidInput("field_invalid", field=field)


def utf8(line: bytes) -> bytes:
    """The line, if it is UTF-8: its id is echoed as it stands. Raises InvalidInput("json_invalid")."""
    if not line.isascii():
        try:
            line.decode()
        except UnicodeDecodeError:
            raise InvalidInput("json_invalid") from None
    return line


def _failure(line: bytes, number: int, error: InvalidInput, failed: dict[str, object]) -> bytes:
    try:
        identity = _identity.decode(utf8(line)).id
    except (InvalidInput, msgspec.DecodeError, RecursionError):
        identity = NULL
    told = error_object(Problem.of(error, line=number))
    return msgspec.json.encode({"id": identity, **failed, "error": told})


def _opened(source: str) -> BinaryIO:
    if source == "-":
        return sys.stdin.buffer
    try:
        return Path(source).open("rb")
    except OSError as error:
        raise Problem("file_unreadable", {"file": source, "detail": reading_fault(error)}) from None


def _chunks(stream: BinaryIO) -> Iterator[list[bytes]]:
    """Whole lines, as many as one read brings; a last line may lack its newline."""
    rest = b""
    first = True
    while chunk := stream.read1(_CHUNK):  # type: ignore[attr-defined]
        if first:
            chunk, first = chunk.removeprefix(b"\xef\xbb\xbf"), False
        lines = (rest + chunk).split(b"\n") if rest else chunk.split(b"\n")
        rest = lines.pop()
        if lines:
            yield lines
    if rest:
        yield [rest]
