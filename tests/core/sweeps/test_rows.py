"""Tables of runs: they grow by whole lines, and are read while they do."""

import codecs
import math
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fake_windows import posix_only
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.sweeps.rows import DONE, START, NewRows, Place, RowFile, RunRow

ROW = RunRow("beta-4", DONE, "s3-mlp", "digits", "mlp-256", 2, beta=4.0, steps=7, kl=1 / 3)


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    table = RowFile(tmp_path / "results.csv", RunRow)
    odd = replace(ROW, name="two", settings='{"beta": 4, "a": "b,c"}', error="one\nline, “quoted”")
    table.append([ROW, odd])
    first, second = RowFile(table.path, RunRow).all_rows()
    assert (first.kl, first.steps, math.isnan(first.seconds)) == (1 / 3, 7, True)
    assert second.own_settings == {"beta": 4, "a": "b,c"}
    assert second.error == "one line, “quoted”"
    assert second.title == "beta 4 · a b,c"


def read_on(table: RowFile[RunRow], place: Place) -> NewRows[RunRow]:
    return finish(table.rows_after(place))


def test_a_reader_sees_what_was_added_and_only_whole_lines(tmp_path: Path) -> None:
    table = RowFile(tmp_path / "results.csv", RunRow)
    first = read_on(table, START)
    assert (first.rows, first.anew) == ((), False) and not table.has_grown(first.place)
    table.append([ROW])
    assert table.has_grown(first.place)
    second = read_on(table, first.place)
    assert second.anew and [row.name for row in second.rows] == ["beta-4"]
    assert not table.has_grown(second.place)
    table.append([replace(ROW, name="two")])
    with table.path.open("a") as file:
        file.write("three,done,s3")
    third = read_on(table, second.place)
    assert not third.anew and [row.name for row in third.rows] == ["two"]
    assert not table.has_grown(third.place)  # a line that a kill cut off is not looked at for ever
    table.repair()
    table.append([replace(ROW, name="four")])
    assert [row.name for row in read_on(table, third.place).rows] == ["four"]
    assert [row.name for row in table.all_rows()] == ["beta-4", "two", "four"]


def test_rows_that_cannot_be_written_wait_for_the_next(tmp_path: Path) -> None:
    table = RowFile(tmp_path / "results.csv", RunRow)
    table.path.mkdir()
    for name in ("one", "two"):
        with pytest.raises(UserError, match="results"):
            table.append([replace(ROW, name=name)])
    table.path.rmdir()
    table.append([replace(ROW, name="three")])
    assert [row.name for row in RowFile(table.path, RunRow).all_rows()] == ["one", "two", "three"]


@posix_only("a limit on the size of files")
def test_a_line_that_the_disk_had_no_room_for_leaves_no_part(tmp_path: Path) -> None:
    import resource

    table = RowFile(tmp_path / "results.csv", RunRow)
    table.append([ROW])
    before = table.path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, limits[1]))
    try:
        with pytest.raises(UserError, match="make room"):
            table.append([replace(ROW, name="two")])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert table.path.read_bytes() == before
    table.append([replace(ROW, name="three")])
    assert [row.name for row in table.all_rows()] == ["beta-4", "two", "three"]


def test_what_could_not_be_written_lies_beside_the_table_until_it_can(tmp_path: Path) -> None:
    table = RowFile(tmp_path / "results.csv", RunRow)
    table.hold([ROW])
    table.put_beside()
    assert not table.path.exists() and list(tmp_path.iterdir())
    later = RowFile(table.path, RunRow)
    later.repair()
    assert [row.name for row in later.all_rows()] == ["beta-4"]
    assert list(tmp_path.iterdir()) == [table.path]


def test_a_table_that_excel_has_saved_is_read(tmp_path: Path) -> None:
    table = RowFile(tmp_path / "results.csv", RunRow)
    table.append([ROW])
    table.path.write_bytes(codecs.BOM_UTF8 + table.path.read_bytes())
    table.append([replace(ROW, name="two")])
    assert [row.name for row in table.all_rows()] == ["beta-4", "two"]


def test_a_table_of_before_there_was_a_column_is_read_and_goes_on(tmp_path: Path) -> None:
    table = RowFile(tmp_path / "results.csv", RunRow)
    table.append([ROW])
    older = [line.rpartition(",")[0] for line in table.path.read_text().splitlines()]
    table.path.write_text("\n".join(older) + "\n")
    table.append([replace(ROW, name="two")])
    assert [(row.name, row.measured_on) for row in RowFile(table.path, RunRow).all_rows()] == [
        ("beta-4", "test"),
        ("two", "test"),
    ]


def test_a_file_that_begins_anew_is_read_anew(tmp_path: Path) -> None:
    table = RowFile(tmp_path / "results.csv", RunRow)
    table.append([ROW, ROW, ROW])
    place = read_on(table, START).place
    table.path.unlink()
    table.append([replace(ROW, name="new")])
    read = read_on(table, place)
    assert read.anew and [row.name for row in read.rows] == ["new"]


@pytest.mark.parametrize(
    "content", [b"a,b\n1,2\n", b"\x00\xff\n", b"name\n", b'"\n', b"\n"], ids=repr
)
def test_another_file_is_refused_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_bytes(content)
    with pytest.raises(UserError, match="not made by a sweep"):
        RowFile(path, RunRow).all_rows()
    RowFile(tmp_path / "good.csv", RunRow).append([ROW])
    head = (tmp_path / "good.csv").read_bytes().splitlines(keepends=True)[0]
    path.write_bytes(head + content)
    with pytest.raises(UserError, match="not made by a sweep"):
        RowFile(path, RunRow).all_rows()
