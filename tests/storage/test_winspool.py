"""Windows' spooler, here behind a stand-in with the library's own calling convention: calls, layouts, failures."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import POINTER, c_int, c_uint32, c_void_p, c_wchar_p
from typing import Any

import pytest

from storage.winspool import DocInfo1, DriverInfo8, PrinterInfo4, Spooler

HANDLE = 0x7FFF_1234_5678_9ABC
"""One that does not fit into 32 bits."""
SLIP = bytes(range(256)) * 600


class Library:
    """winspool.drv with two printers.

    `takes`: how much WritePrinter takes at once; `fails`: calls that answer 0; `driver`: the attributes of the driver.
    """

    def __init__(self, *, takes: int = 1 << 30, fails: dict[str, int] | None = None, driver: int = 0) -> None:
        self.driver = driver
        self.fails, self.error = fails or {}, 0
        self.takes = takes
        self.names = ("XP-80C", "\\\\QUAY1\\Máy in cuộn")
        self.calls: list[str] = []
        self.opened = ""
        self.document: tuple[str | None, str | None, str | None] = (None, None, None)
        self.printed = bytearray()
        self._call("EnumPrintersW", self._enumerate, c_uint32, c_wchar_p, c_uint32, c_void_p, c_uint32,
                   POINTER(c_uint32), POINTER(c_uint32))  # fmt: skip
        self._call("GetPrinterDriverW", self._about_driver, c_void_p, c_wchar_p, c_uint32, c_void_p, c_uint32,
                   POINTER(c_uint32))  # fmt: skip
        self._call("OpenPrinterW", self._open, c_wchar_p, POINTER(c_void_p), c_void_p)
        self._call("StartDocPrinterW", self._start, c_void_p, c_uint32, POINTER(DocInfo1))
        self._call("WritePrinter", self._write, c_void_p, c_void_p, c_uint32, POINTER(c_uint32))
        for name in ("StartPagePrinter", "EndPagePrinter", "EndDocPrinter", "AbortPrinter", "ClosePrinter"):
            self._call(name, lambda handle: int(handle == HANDLE), c_void_p)

    def _call(self, name: str, does: Callable[..., int], *takes: Any) -> None:
        def called(*arguments: Any) -> int:
            self.calls.append(name)
            if name in self.fails:
                self.error = self.fails[name]
                return 0
            return does(*arguments)

        setattr(self, name, ctypes.CFUNCTYPE(c_int, *takes)(called))

    def _enumerate(
        self, flags: int, name: str | None, level: int, room: int, size: int, needed: Any, count: Any
    ) -> int:
        assert (flags, name, level) == (6, None, 4)
        whole = ctypes.sizeof(PrinterInfo4) * len(self.names)
        needed[0], count[0] = whole, 0
        if size < whole:
            return 0
        self.texts = [ctypes.create_unicode_buffer(one) for one in self.names]
        for place, text in enumerate(self.texts):
            c_void_p.from_address(room + place * ctypes.sizeof(PrinterInfo4)).value = ctypes.addressof(text)
        count[0] = len(self.names)
        return 1

    def _about_driver(self, handle: int, system: str | None, level: int, room: int, size: int, needed: Any) -> int:
        assert (handle, system, level) == (HANDLE, None, 8)
        needed[0] = ctypes.sizeof(DriverInfo8) + 100  # the texts stand behind
        if size < needed[0]:
            return 0
        DriverInfo8.from_address(room).attributes = self.driver
        return 1

    def _open(self, name: str, handle: Any, defaults: int | None) -> int:
        assert defaults is None
        self.opened, handle[0] = name, HANDLE
        return 1

    def _start(self, handle: int, level: int, info: Any) -> int:
        assert (handle, level) == (HANDLE, 1)
        self.document = (info[0].name, info[0].output, info[0].datatype)
        return 7

    def _write(self, handle: int, data: int, size: int, written: Any) -> int:
        assert handle == HANDLE
        written[0] = min(size, self.takes)
        self.printed += ctypes.string_at(data, written[0])
        return 1


def spooler(library: Library) -> Spooler:
    return Spooler(library, lambda: library.error)


def test_the_structures_are_laid_out_as_windows_has_them() -> None:
    pointer = ctypes.sizeof(c_void_p)
    assert [PrinterInfo4.name.offset, PrinterInfo4.server.offset, PrinterInfo4.attributes.offset] == [
        0, pointer, 2 * pointer,
    ]  # fmt: skip
    assert ctypes.sizeof(PrinterInfo4) == ctypes.sizeof(DocInfo1) == 3 * pointer
    if pointer == 8:
        assert (DriverInfo8.attributes.offset, ctypes.sizeof(DriverInfo8)) == (168, 200)


def test_installed_and_connected_printers_are_named() -> None:
    assert spooler(Library()).printers() == ("XP-80C", "\\\\QUAY1\\Máy in cuộn")
    assert spooler(Library(fails={"EnumPrintersW": 1722})).printers() == ()
    nothing = Library()
    nothing.names = ()
    assert spooler(nothing).printers() == ()


@pytest.mark.parametrize("takes", [1 << 30, 1000, 1])
def test_all_bytes_reach_the_printer_raw_however_few_it_takes_at_once(takes: int) -> None:
    library, slip = Library(takes=takes), SLIP if takes > 1 else SLIP[:300]
    assert spooler(library).print_raw("\\\\QUAY1\\Máy in cuộn", slip) is None
    assert bytes(library.printed) == slip and library.opened == "\\\\QUAY1\\Máy in cuộn"
    assert library.document[1:] == (None, "RAW")
    once = [name for place, name in enumerate(library.calls) if name != library.calls[place - 1]]
    assert once == [
        "OpenPrinterW", "GetPrinterDriverW", "StartDocPrinterW", "StartPagePrinter", "WritePrinter", "EndPagePrinter",
        "EndDocPrinter", "ClosePrinter",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "error", "code"),
    [
        ("OpenPrinterW", 1801, "printer_unknown"),
        ("OpenPrinterW", 53, "printer_unknown"),
        ("OpenPrinterW", 5, "printer_denied"),
        ("OpenPrinterW", 1722, "printer_failed"),
        ("StartDocPrinterW", 5, "printer_denied"),
        ("StartPagePrinter", 28, "printer_failed"),
        ("WritePrinter", 28, "printer_failed"),
        ("EndPagePrinter", 28, "printer_failed"),
        ("EndDocPrinter", 28, "printer_failed"),
    ],
)
def test_a_call_that_fails_is_told_and_half_a_slip_is_not_printed(call: str, error: int, code: str) -> None:
    library = Library(fails={call: error})
    refused = spooler(library).print_raw("XP-80C", SLIP)
    assert refused is not None and (refused.code, dict(refused.params)) == (code, {"printer": "XP-80C"})
    assert library.calls[-2:] == (["AbortPrinter", "ClosePrinter"] if call != "OpenPrinterW" else [call])


@pytest.mark.parametrize(
    ("library", "datatype"),
    [
        (Library(driver=1), "RAW"),
        (Library(driver=3), "XPS_PASS"),
        (Library(driver=3, fails={"GetPrinterDriverW": 5}), "RAW"),
    ],
    ids=["version 3", "on XPS", "unknown"],
)
def test_a_driver_on_xps_is_told_in_its_own_word_to_pass_the_bytes_on(library: Library, datatype: str) -> None:
    assert spooler(library).print_raw("XP-80C", SLIP) is None
    assert library.document[2] == datatype and bytes(library.printed) == SLIP


def test_a_printer_that_takes_nothing_fails() -> None:
    library = Library(takes=0)
    refused = spooler(library).print_raw("XP-80C", SLIP)
    assert refused is not None and refused.code == "printer_failed" and "AbortPrinter" in library.calls
