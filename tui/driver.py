"""The keyboard's end on POSIX: Textual's driver, with a reading of its own (`TerminalDriver`).

Textual's looks every 100 ms whether Esc stood alone, falls over a byte that is no UTF-8 (a scanner that is set to
another encoding sends them), and reads on for ever from a terminal that is gone.
"""

from __future__ import annotations

import os
from codecs import getincrementaldecoder
from select import select

from textual import constants
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

_LOOKS = 0.1
"""Seconds after which a thread that reads nothing sees that the program ends."""
_AT_ONCE = 4096


class TerminalDriver(LinuxDriver):
    """Esc acts after `ESCDELAY`; bytes in no encoding of ours become «�»; without a terminal the program ends."""

    def run_input_thread(self) -> None:
        parser = XTermParser()
        decode = getincrementaldecoder("utf-8")("replace").decode
        wait = _LOOKS
        while not self.exit_event.is_set():
            if select([self.fileno], [], [], wait)[0]:
                typed = self._typed()
                if not typed:
                    self._loop.call_soon_threadsafe(self._app.exit)
                    return
                text = decode(typed)
                for message in parser.feed(text) if text else ():  # «» would end the parser
                    self.process_message(message)
                wait = constants.ESCAPE_DELAY
            else:
                wait = _LOOKS
            for message in parser.tick():
                self.process_message(message)

    def _typed(self) -> bytes:
        """Nothing: the terminal is gone."""
        try:
            return os.read(self.fileno, _AT_ONCE)
        except OSError:
            return b""
