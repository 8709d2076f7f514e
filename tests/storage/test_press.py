"""Letters on pages: every form of every version, the station's own words and templates, and how wrong ones are told."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest
import typst

from core.document import Document, Facts, Heading, Items, Signature, fill
from core.forms import FormVersion
from core.moments import LEGAL_TIME
from storage.manner import Manner
from storage.press import TEMPLATES, WORDS, Press, forms
from tests.storage.test_printing import grey
from tests.storage.test_thermal import printed

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=LEGAL_TIME)
HEADING = Heading("Công an phường Hải Châu", "Công an thành phố Đà Nẵng", "Đà Nẵng")
LETTERS = [form for form in forms() if form.kind != "receipt"]


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def document(form: FormVersion, name: str = "Nguyễn Thị Ngọc Hương") -> Document:
    rows = {table: (tuple(f"{table}.{column}" for column in columns),) for table, columns in form.columns.items()}
    items = {line.partition(":")[2]: ("giấy tờ thứ nhất",) for line in form.lines if line.startswith("items:")}
    facts = Facts({"subject": name, "whose": name}, items, rows=rows)
    return Document(
        form, HEADING, "ngày 23 tháng 11 năm 2026", fill(form, facts), (Signature(("VAI TRÒ",), "Trần Minh"),)
    )


def picture(monkeypatch: pytest.MonkeyPatch, one: Document) -> memoryview:
    """The first page's pixels."""
    compile_pdf = typst.compile

    def as_picture(*args: Any, **options: Any) -> bytes:
        return compile_pdf(*args, **{**options, "format": "png", "ppi": 120.0})

    monkeypatch.setattr(typst, "compile", as_picture)
    return grey(Press().letters([one], NOW).content)


@pytest.mark.parametrize("form", LETTERS, ids=lambda form: f"{form.kind} {form.valid_from}")
def test_each_form_says_its_captions_on_the_page(form: FormVersion) -> None:
    text = text_of(Press().letters([document(form)], NOW).content).casefold()
    for line in form.lines:
        kind, _, names = line.rpartition(":")
        for name in names.split("+"):
            caption = form.words.get(name, "") if kind != "table" else ""
            told = " ".join(caption.partition("{")[0].split()).casefold()
            assert name in form.added or told in text, caption
    for table, columns in form.columns.items():
        for column in columns:
            assert form.words[f"{table}_{column}"].split()[0].casefold() in text
    for words in (form.title, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Trần Minh"):
        assert words.casefold() in text


def test_many_letters_are_one_file_each_from_a_page_of_its_own() -> None:
    form = Press().form("apology", NOW.date())
    names = [f"Nguyễn Văn {letter}" for letter in "ABC"]
    letters = [document(replace(form, lines=("text:opening",)), name) for name in names]
    pdf = Press().letters(letters, NOW).content
    texts = [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    assert [sum(name in text for text in texts) for name in names] == [1, 1, 1] and len(texts) == 3
    assert not any("2" in text.split() for text in texts), "a first page has no number (Decree 30/2020)"
    assert (
        pdf == Press().letters([document(replace(form, lines=("text:opening",)), name) for name in names], NOW).content
    )


def test_a_name_too_long_for_its_line_goes_on_in_the_next() -> None:
    name = " ".join(["Công ty Trách nhiệm hữu hạn Một thành viên"] * 5)
    form = Press().form("refusal", NOW.date())
    assert name in text_of(Press().letters([document(form, name)], NOW).content)


@pytest.mark.parametrize("kind", ["refusal", "stop-notice", "register"])
def test_a_word_with_no_place_to_break_stays_in_its_field(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    name = "W" * 80
    form = Press().form(kind, NOW.date())
    one = document(form, name)
    if form.columns:
        ((table, columns),) = form.columns.items()
        row = tuple(name if column == "subject" else "Trần Thị Thùy Thủy" for column in columns)
        one = replace(one, blocks=fill(form, Facts(rows={table: (row,)})))
    signed = replace(one, signatures=(Signature(("NGƯỜI NỘP",), name), Signature(("CÁN BỘ",), "Trần Minh")))
    said = "".join(text_of(Press().letters([signed], NOW).content).split())
    assert said.count(name) >= 2, "in the letter and under it, with nothing between its characters"
    pixels = picture(monkeypatch, signed)
    height, width = pixels.shape or (0, 0)
    margins = [*range(30), *range(width - 30, width)]
    assert all(pixels[y, x] > 240 for y in range(height) for x in margins)


@pytest.mark.parametrize(
    ("name", "lacks"), [("Y Blim Niê, H'Hen Êñuôl ñ ĕ ŏ č ƀ", None), ("Lý Tiểu 龙 \U0001f600", "龙 \U0001f600")]
)
def test_characters_that_no_font_draws_are_told(name: str, lacks: str | None) -> None:
    press = Press()
    press.letters([document(press.form("refusal", NOW.date()), name)], NOW)
    told = [one.params["characters"] for one in press.problems if one.code == "letter_glyphs"]
    assert told == ([lacks] if lacks else [])


@pytest.mark.parametrize("kind", ["register", "post-manifest", "custody"])
def test_no_word_of_a_table_runs_over_its_column(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    form = Press().form(kind, NOW.date())
    (table,) = form.columns
    told = {
        "code": "DEMO.PHUONG-\u200b261126-\u200b0001",
        "subject": "Александр Владимирович Рождественский-Преображенский",
        "address": "ngách 123/45/67/89 đường Nguyễn Văn Thoại nối dài, phường Sơn Trà, thành phố Đà Nẵng " * 3,
        "phone": "02363123456",
        "tracking": "EM123456789VN",
        "taker": "Рождественский-Преображенский",
        **dict.fromkeys(("received", "due", "returned", "since"), "07:30 26/11/2026"),
    }
    row = tuple(told.get(column, "Trần Thị Thùy Thủy") for column in form.columns[table])
    pixels = picture(monkeypatch, Document(form, HEADING, "", fill(form, Facts(rows={table: (row,) * 3}))))
    height, width = pixels.shape or (0, 0)
    dark = [[pixels[y, x] < 128 for x in range(width)] for y in range(height)]
    flat = [y for y in range(height) if sum(dark[y]) > width * 0.6]
    between = range(flat[0], flat[-1])
    upright = [x for x in range(width) if all(pixels[y, x] < 240 for y in between)]
    assert len(upright) >= len(form.columns[table])
    for x in upright:
        beside = [x + step for step in (-2, 2) if x + step not in upright]
        assert not any(dark[y][one] for y in between for one in beside if y not in flat), f"a word crosses {x}"


def test_large_print_is_larger_and_says_the_same() -> None:
    one = document(Press().form("checklist", NOW.date()))
    small, large = Press().letters([one], NOW).content, Press(manner=Manner(large=True)).letters([one], NOW).content
    assert small != large
    small_words, large_words = (
        [word for word in text_of(pdf).split() if "…" not in word and "..." not in word] for pdf in (small, large)
    )
    assert sorted(small_words) == sorted(large_words)


def test_a_checklist_fits_a_roll() -> None:
    form = Press().form("checklist", NOW.date())
    blocks = (Items("Giấy tờ", ("CT01", "Ảnh"), (True, False)),)
    one = Document(form, HEADING, "ngày 23 tháng 11 năm 2026", blocks)
    sizes = []
    for large in (False, True):
        plate = Press(manner=Manner(roll=True, large=large)).letters([one], NOW)
        rows = printed(plate.content)
        assert len(rows) > 200 and any(any(row) for row in rows)
        assert plate.again() == plate.content != plate.copy()
        sizes.append(len(rows))
    assert sizes[0] < sizes[1]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / TEMPLATES).mkdir()
    return tmp_path


def test_a_stations_own_words_come_before_ours(own: Path) -> None:
    (own / TEMPLATES / WORDS).write_text('office_place = "Hội An"\nsubject = "Kính chào: "\n', encoding="utf-8")
    press = Press(own)
    form = press.form("refusal", NOW.date())
    assert (form.words["office_place"], press.problems) == ("Hội An", [])
    assert "Kính chào:" in text_of(press.letters([document(form)], NOW).content)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ('office_place = "Huế"\nsign_head = "TRƯỞNG {ten}"\n', "2"),
        ('office_place = "Huế"\nregister_value = "Quyển {quyen}"\n', "2"),
        ('office_place = "Hội An', "1"),
        ('a = "b"\noffice_place = 5', "2"),
        ('a = "b"\nc = "{"', "2"),
        (b"\xff", "?"),
    ],
)
def test_broken_words_are_told_by_their_line_and_ours_are_used(own: Path, words: str | bytes, line: str) -> None:
    (own / TEMPLATES / WORDS).write_bytes(words if isinstance(words, bytes) else words.encode())
    press = Press(own)
    assert press.form("refusal", NOW.date()).words["office_place"] == "Đà Nẵng"
    assert [(one.code, dict(one.params)) for one in press.problems] == [
        ("template_broken", {"file": WORDS, "line": line})
    ]


@pytest.mark.parametrize("template", [b"", b" \n", b"\xff\xfed\x00", "DỰ THẢO".encode("utf-16")])
def test_a_template_that_is_empty_or_no_text_is_told_and_ours_is_used(own: Path, template: bytes) -> None:
    (own / TEMPLATES / "refusal.typ").write_bytes(template)
    one, press = document(Press().form("refusal", date(2026, 11, 23))), Press(own)
    assert press.letters([one], NOW).content == Press().letters([one], NOW).content
    assert [dict(problem.params) for problem in press.problems] == [{"file": "refusal.typ", "line": "?"}]


def test_the_mark_that_some_editors_put_before_a_text_is_no_fault(own: Path) -> None:
    (own / TEMPLATES / WORDS).write_text('office_place = "Huế"', encoding="utf-8-sig")
    press = Press(own)
    assert (press.form("refusal", NOW.date()).words["office_place"], press.problems) == ("Huế", [])


@pytest.mark.parametrize("name", ["letter.typ", "refusal.typ"])
def test_a_stations_own_template_is_used_and_a_broken_one_is_told(own: Path, name: str) -> None:
    path, one = own / TEMPLATES / name, document(Press().form("refusal", date(2026, 11, 23)))
    path.write_text("#let d = json(bytes(sys.inputs.data))\nOwn: #d.letters.first().unit\n", encoding="utf-8")
    press = Press(own)
    assert text_of(press.letters([one], NOW).content) == f"Own: {HEADING.unit_name}" and press.problems == []
    path.write_text("fine\n#let x = foo(\n", encoding="utf-8")
    assert press.letters([one], NOW).content == Press().letters([one], NOW).content
    assert [dict(problem.params) for problem in press.problems] == [{"file": name, "line": "2"}]
