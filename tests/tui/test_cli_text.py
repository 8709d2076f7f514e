"""`motcua text`: filters that do to lines what the inputs and the search do."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.schema_check import check

MOTCUA = [sys.executable, "-c", "from tui.cli.main import main; raise SystemExit(main())", "text"]


def text(*words: str, given: bytes) -> tuple[int, bytes, str]:
    done = subprocess.run([*MOTCUA, *words], input=given, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr.decode()


@pytest.mark.parametrize(
    ("words", "given", "told"),
    [
        (("compose", "--method", "telex"), "tieengs vieejt\\b\nhoaf\b\n\n", "tiếng việ\nhò\n\n"),
        (("compose", "--method", "vni", "--tone-style", "new"), "hoa2\r\nthuy1", "hoà\r\nthuý\n"),
        (("fold",), "Đặng  Thị Đào\nH’Hen NIÊ\n", "dang thi dao\nh'hen nie\n"),
        (
            ("sort",),
            "Lê Văn Đào\nTrần Thị Dao\n\nNguyễn Ân\nNguyễn Ăn\nNguyễn An\nLê An\nNguyễn Ấn\n",
            "Lê An\nNguyễn An\nNguyễn Ăn\nNguyễn Ân\nNguyễn Ấn\nTrần Thị Dao\nLê Văn Đào\n",
        ),
    ],
)
def test_a_filter_answers_line_by_line(words: tuple[str, ...], given: str, told: str) -> None:
    assert text(*words, given=given.encode()) == (0, told.encode(), "")


@pytest.mark.parametrize("words", [("fold",), ("compose", "--method", "telex")])
def test_a_line_that_is_not_utf8_stays_as_it_is_and_is_told(words: tuple[str, ...]) -> None:
    status, told, said = text(*words, given=b"a\n\xff\xfe\nb\n")
    assert (status, told) == (1, b"a\n\xff\xfe\nb\n") and said.startswith("Dòng 2: ")


def test_what_cannot_be_sorted_is_told_and_the_rest_is_sorted() -> None:
    status, told, said = text("sort", given=b"b\n\xff\na\n")
    assert (status, told) == (1, b"a\nb\n") and said.startswith("Dòng 2: ")


def answers(part: str, *lines: Any, status: int = 0) -> list[dict[str, Any]]:
    given = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    left, told, said = text(part, given=given.encode())
    assert (left, said) == (status, "")
    found = [json.loads(line) for line in told.decode().splitlines()]
    for answer in found:
        check(answer, f"text-{part}")
    return found


def test_a_card_is_read_and_what_is_no_card_is_named() -> None:
    qr = "001185012345|123456789|Nguyễn Thị Đào|01011985|Nữ|Số 5, Hòa Hải|10052021"
    card, link, wrong = answers("card", {"id": 7, "qr": qr}, {"id": "b", "qr": "https://x.vn"}, "{}", status=1)
    assert (card["id"], card["status"], card["warnings"]) == (7, "ok", [])
    assert card["fields"] == {
        "number": "001185012345", "old_number": "123456789", "name": "Nguyễn Thị Đào", "birth": "1985-01-01",
        "sex": "female", "address": "Số 5, Hòa Hải", "issued": "2021-05-10",
    }  # fmt: skip
    assert (link["status"], link["warnings"]) == ("error", ["qr_is_url"])
    assert (wrong["status"], wrong["error"]["code"], wrong["error"]["line"]) == ("error", "field_missing", 3)


def test_a_number_is_checked_with_what_else_is_known() -> None:
    good, apart, short, bad = answers(
        "number",
        {"id": 1, "number": "001085012345", "birth": "12/3/1985", "sex": "nam"},
        {"id": 2, "number": "001085012345", "birth": "1986", "sex": "female"},
        {"id": 3, "number": "0123"},
        {"id": 4, "number": "001085012345", "birth": "hôm qua"},
        status=1,
    )
    assert {key: good[key] for key in ("valid", "place", "sex", "birth_year", "warnings")} == {
        "valid": True, "place": "Hà Nội", "sex": "male", "birth_year": 1985, "warnings": [],
    }  # fmt: skip
    assert apart["valid"] and apart["warnings"] == ["birth_year_mismatch", "sex_mismatch"]
    assert (short["valid"], short["warnings"]) == (False, ["wrong_length"])
    assert (bad["valid"], bad["error"]["code"]) == (False, "birth_invalid")
