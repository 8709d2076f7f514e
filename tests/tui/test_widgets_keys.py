"""One key, one meaning; none that a terminal swallows."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.binding import Binding
from textual.dom import DOMNode

import tui
from tui.i18n import set_language, tr
from tui.keys import FUNCTION_LINE, KEYS, bind, keep_alt_keys, reaches_no_terminal


def our_classes() -> Iterator[type[DOMNode]]:
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if module.name.startswith("tui.cli"):
            continue
        for _, member in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(member, DOMNode) and member.__module__.startswith("tui."):
                yield member


def test_each_key_has_one_meaning() -> None:
    spelled = [one for key in KEYS.values() for one in key.keys.split(",")]
    assert len(spelled) == len(set(spelled))
    assert set(FUNCTION_LINE) <= set(KEYS)


@pytest.mark.parametrize("key", ["ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+f", "ctrl+f5", "ctrl+shift+f1"])
def test_keys_that_terminals_cannot_tell_are_known(key: str) -> None:
    assert reaches_no_terminal(key)


def test_nothing_binds_a_key_that_reaches_no_terminal_or_overtakes_text() -> None:
    found = [(cls, binding) for cls in our_classes() for binding in cls.__dict__.get("BINDINGS", [])]
    assert found
    for cls, binding in found:
        made = binding if isinstance(binding, Binding) else Binding(*binding)
        assert not made.priority, cls
        assert not any(reaches_no_terminal(key) for key in made.key.split(",")), cls
    assert not any(reaches_no_terminal(key) for known in KEYS.values() for key in known.keys.split(","))


def test_a_key_of_the_registry_means_the_same_wherever_it_is_bound() -> None:
    meanings = {one: key.id for key in KEYS.values() for one in key.keys.split(",")}
    for cls in our_classes():
        for binding in cls.__dict__.get("BINDINGS", []):
            if isinstance(binding, Binding) and binding.id is not None and binding.id in KEYS:
                assert all(meanings[key] == binding.id for key in binding.key.split(",")), cls


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_key_has_words_in_both_languages(language: str) -> None:
    set_language(language)
    assert all(tr(f"key.{key_id}") != f"key.{key_id}" for key_id in KEYS)
    set_language("vi")


def test_a_binding_carries_an_id_and_a_catalogue_key() -> None:
    binding = bind("undo", "undo_last")
    assert (binding.id, binding.key, binding.action, binding.description) == (
        "undo", "ctrl+z,u", "undo_last", "key.undo",
    )  # fmt: skip


@pytest.mark.parametrize("key", [key.keys for key in KEYS.values() if key.keys.startswith("alt+")])
def test_what_a_terminal_sends_for_an_alt_key_is_that_key(key: str) -> None:
    keep_alt_keys()
    parser = XTermParser()
    (event,) = [*parser.feed("\x1b" + key.removeprefix("alt+")), *parser.feed("")]
    assert isinstance(event, events.Key)
    assert event.key == key
