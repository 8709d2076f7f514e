"""Windows' print spooler (winspool.drv): the installed printers, and raw bytes to one of them or to a shared one.

`Spooler` takes the library as an argument, so that the rest of the house imports and tests this anywhere.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import POINTER, c_int, c_uint32, c_uint64, c_void_p, c_wchar_p
from functools import cache
from typing import Any, Literal

from core.answers import Refusal

_LOCAL_AND_CONNECTED = 2 | 4
_NAMES = 4
"""The level of EnumPrinters that asks no printer over the network."""
_DRIVER = 8
"""The level of GetPrinterDriver that tells a driver's attributes."""
_ON_XPS = 2
_CHUNK = 1 << 16
_TITLE = "Mot Cua"
_UNKNOWN = frozenset({2, 53, 67, 1801})
"""Errors: no such file, path, share or printer."""
_DENIED = 5


class PrinterInfo4(ctypes.Structure):
    """PRINTER_INFO_4W."""

    _fields_ = (("name", c_wchar_p), ("server", c_wchar_p), ("attributes", c_uint32))


class DocInfo1(ctypes.Structure):
    """DOC_INFO_1W; `output` null: to the printer, not to a file."""

    _fields_ = (("name", c_wchar_p), ("output", c_wchar_p), ("datatype", c_wchar_p))


class DriverInfo8(ctypes.Structure):
    """DRIVER_INFO_8W; of it only the attributes are read."""

    _fields_ = (
        ("version", c_uint32),
        ("names", c_void_p * 10),
        ("date", c_uint32 * 2),
        ("driver_version", c_uint64),
        ("more_names", c_void_p * 8),
        ("attributes", c_uint32),
        ("dependencies", c_void_p),
        ("least_date", c_uint32 * 2),
        ("least_version", c_uint64),
    )


_HANDLE = c_void_p
_CALLS: dict[str, tuple[Any, ...]] = {
    "EnumPrintersW": (c_uint32, c_wchar_p, c_uint32, c_void_p, c_uint32, POINTER(c_uint32), POINTER(c_uint32)),
    "GetPrinterDriverW": (_HANDLE, c_wchar_p, c_uint32, c_void_p, c_uint32, POINTER(c_uint32)),
    "OpenPrinterW": (c_wchar_p, POINTER(_HANDLE), c_void_p),
    "StartDocPrinterW": (_HANDLE, c_uint32, POINTER(DocInfo1)),
    "StartPagePrinter": (_HANDLE,),
    "WritePrinter": (_HANDLE, c_void_p, c_uint32, POINTER(c_uint32)),
    "EndPagePrinter": (_HANDLE,),
    "EndDocPrinter": (_HANDLE,),
    "AbortPrinter": (_HANDLE,),
    "ClosePrinter": (_HANDLE,),
}
"""What each takes; all answer 0 where they failed. Without this a handle of 64 bits would be cut to 32."""


class _Failed(Exception):
    """A call answered 0."""


class Spooler:
    """The spooler behind one library; `last_error`: the code of the call that failed last, in this thread."""

    def __init__(self, library: Any, last_error: Callable[[], int]) -> None:
        self._library = library
        self._last_error = last_error
        for name, takes in _CALLS.items():
            call = getattr(library, name)
            call.argtypes, call.restype = takes, c_int

    def printers(self) -> tuple[str, ...]:
        """The names of the installed printers and of the connected shared ones; none where they can't be asked."""
        needed, count = c_uint32(0), c_uint32(0)
        asked = (_LOCAL_AND_CONNECTED, None, _NAMES)
        while True:
            size = needed.value
            room = ctypes.create_string_buffer(size)
            done = self._library.EnumPrintersW(*asked, room, size, ctypes.byref(needed), ctypes.byref(count))
            if done:
                found = (PrinterInfo4 * count.value).from_buffer(room) if count.value else ()
                return tuple(one.name for one in found)
            if needed.value <= size:  # it failed, and not for want of room
                return ()

    def print_raw(self, printer: str, content: bytes) -> Refusal | None:
        """Print bytes as they are on an installed printer or on `\\\\HOST\\NAME`; None: the spooler has them all.

        Refusals: `printer_unknown`, `printer_denied`, `printer_failed`. What failed half way is not printed.
        """
        handle = _HANDLE()
        try:
            self._do("OpenPrinterW", printer, ctypes.byref(handle), None)
        except _Failed:
            return self._refusal(printer)
        try:
            self._document(handle, content)
        except _Failed:
            refusal = self._refusal(printer)
            self._library.AbortPrinter(handle)
            return refusal
        finally:
            self._library.ClosePrinter(handle)
        return None

    def _document(self, handle: c_void_p, content: bytes) -> None:
        document = DocInfo1(_TITLE, None, self._datatype(handle))
        self._do("StartDocPrinterW", handle, 1, ctypes.byref(document))
        self._do("StartPagePrinter", handle)
        at, written = 0, c_uint32(0)
        while at < len(content):
            part = content[at : at + _CHUNK]
            self._do("WritePrinter", handle, part, len(part), ctypes.byref(written))
            if not written.value:
                raise _Failed
            at += written.value
        self._do("EndPagePrinter", handle)
        self._do("EndDocPrinter", handle)

    def _datatype(self, handle: c_void_p) -> str:
        """What says «as it is» to the printer's driver: one made on XPS (all of version 4) prints nothing of RAW."""
        needed = c_uint32(0)
        self._library.GetPrinterDriverW(handle, None, _DRIVER, None, 0, ctypes.byref(needed))
        room = ctypes.create_string_buffer(max(needed.value, ctypes.sizeof(DriverInfo8)))
        done = self._library.GetPrinterDriverW(handle, None, _DRIVER, room, len(room), ctypes.byref(needed))
        return "XPS_PASS" if done and DriverInfo8.from_buffer(room).attributes & _ON_XPS else "RAW"

    def _do(self, name: str, *arguments: Any) -> None:
        if not getattr(self._library, name)(*arguments):
            raise _Failed

    def _refusal(self, printer: str) -> Refusal:
        code = self._last_error()
        why: Literal["denied", "failed", "unknown"] = "denied" if code == _DENIED else "failed"
        if code in _UNKNOWN:
            why = "unknown"
        return Refusal(f"printer_{why}", params={"printer": printer})


@cache
def spooler() -> Spooler:
    """This machine's; only on Windows."""
    library = ctypes.WinDLL("winspool.drv", use_last_error=True)  # type: ignore[attr-defined]
    return Spooler(library, ctypes.get_last_error)  # type: ignore[attr-defined]
