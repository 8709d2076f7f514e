"""The words of a dossier, and what a typed text asks of them."""

import sqlite3

import pytest

from core.search import index_words, question

_PARTS = (
    "Nguyễn Thị Hồng Đào", "048185012345", "0905123456", "43A-123.45", "12 Đống Đa", "G01.X-261123-0431", "H'Hen Niê",
)  # fmt: skip


def found(text):
    table = sqlite3.connect(":memory:")
    table.execute("CREATE VIRTUAL TABLE found USING fts5 (words, prefix = '2 3', tokenize = 'unicode61')")
    table.execute("INSERT INTO found VALUES (?)", (index_words(_PARTS),))
    return table.execute("SELECT count(*) FROM found WHERE words MATCH ?", (question(text),)).fetchone()[0] == 1


@pytest.mark.parametrize(
    "text",
    ["hong dao", "ĐÀO", "nguyễn thị", "ng th ho", "048185", "2345", "345", "0905 123 456", "123456", "0431",
     "261123-0431", "43a-123", "dong da", "h'hen", "h’hen", "dao 2345"],
)  # fmt: skip
def test_a_word_a_beginning_or_the_last_digits_find_a_dossier(text):
    assert found(text)


@pytest.mark.parametrize("text", ["hong minh", "ao", "9999", "0431 9", "48185", "an tran"])
def test_what_is_not_there_is_not_found(text):
    assert not found(text)


@pytest.mark.parametrize("text", ["", "  ", "-", '"', "*", "()"])
def test_marks_alone_ask_nothing(text):
    assert question(text) is None


@pytest.mark.parametrize("text", ['"dao', "dao*", "dao)", "NEAR(dao)", "dao OR hong", "dao AND", "^dao"])
def test_the_question_is_never_the_engines_language(text):
    assert question(text) is not None
    assert isinstance(found(text), bool)
