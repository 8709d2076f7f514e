"""Looking for cycles seldom, and as before afterwards."""

import gc

import pytest

from storage.quiet import few_collections


def test_as_it_was_when_the_last_one_is_out() -> None:
    """A report in a thread begins before an import and ends in the midst of it."""
    usual = gc.get_threshold()
    report, taking_in = few_collections(), few_collections()
    report.__enter__()
    assert gc.get_threshold()[0] > usual[0] and gc.get_threshold()[1:] == usual[1:]
    taking_in.__enter__()
    report.__exit__(None, None, None)
    assert gc.get_threshold()[0] > usual[0]
    taking_in.__exit__(None, None, None)
    assert gc.get_threshold() == usual


def test_also_after_an_error() -> None:
    usual = gc.get_threshold()
    with pytest.raises(ValueError, match="no"), few_collections():
        raise ValueError("no")
    assert gc.get_threshold() == usual
