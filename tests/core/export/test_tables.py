"""Tables for other programs: every number comes back, and no name is taken for a formula."""

import codecs
import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vae_gui.core.export.tables import (
    export_confusion_csv,
    export_encodings_csv,
    export_encodings_npz,
    export_encodings_tsv,
)
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.encodings import Encodings

NAMES = ("a,b", '=1+"2"', "plain")


def encodings(point: bool = False, labelled: bool = True) -> Encodings:
    random = np.random.default_rng(0)
    mu = random.normal(size=(4001, 3)).astype(np.float32)
    labels = np.arange(4001, dtype=np.int16) % 3 if labelled else None
    return Encodings(mu, None if point else mu - 1, labels, NAMES if labelled else ())


def table(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("point", [False, True])
@pytest.mark.parametrize("labelled", [False, True])
def test_encodings_come_back_from_a_table(tmp_path: Path, point: bool, labelled: bool) -> None:
    given = encodings(point, labelled)
    head, *rows = table(finish(export_encodings_csv(given, tmp_path / "z.csv")))
    assert head == [
        "class",
        "mu1",
        "mu2",
        "mu3",
        *(() if point else ("logvar1", "logvar2", "logvar3", "sigma1", "sigma2", "sigma3")),
    ]
    values = np.array([row[1:] for row in rows], np.float32)
    np.testing.assert_array_equal(values[:, :3], given.mu)
    if not point:
        np.testing.assert_array_equal(values[:, 3:6], given.logvar)
        np.testing.assert_allclose(values[:, 6:] ** 2, np.exp(given.logvar), rtol=1e-5)
    assert [row[0] for row in rows[:3]] == (["a,b", '\'=1+"2"', "plain"] if labelled else [""] * 3)


def test_arrays_hold_what_is_known(tmp_path: Path) -> None:
    path = finish(export_encodings_npz(encodings(point=True, labelled=False), tmp_path / "z.npz"))
    with np.load(path, allow_pickle=False) as arrays:
        assert arrays.files == ["mu"]


def test_what_an_embedding_shows_comes_with_the_encodings(tmp_path: Path) -> None:
    given, shown = encodings(), np.arange(8002, dtype=np.float32).reshape(4001, 2)
    with np.load(finish(export_encodings_npz(given, tmp_path / "z.npz", shown))) as arrays:
        np.testing.assert_array_equal(arrays["projection"], shown)
        np.testing.assert_allclose(arrays["sigma"], np.exp(given.logvar / 2), rtol=1e-6)
    head, *rows = table(finish(export_encodings_csv(given, tmp_path / "z.csv", shown)))
    assert head[-2:] == ["projection1", "projection2"]
    assert [float(cell) for cell in rows[3][-2:]] == [6, 7]
    finish(export_encodings_tsv(given, tmp_path / "z.tsv", shown))
    lines = (tmp_path / "z.metadata.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[4].split("\t") == ["3", "a,b", "6.0", "7.0"]


@pytest.mark.parametrize("labelled", [False, True])
def test_the_embedding_projector_gets_a_pair_of_files(tmp_path: Path, labelled: bool) -> None:
    names = ("two words", "tab\tand\nline", "plain")
    given = replace(encodings(labelled=labelled), class_names=names if labelled else ())
    path = finish(export_encodings_tsv(given, tmp_path / "z.tsv"))
    np.testing.assert_array_equal(np.loadtxt(path, np.float32, delimiter="\t"), given.mu)
    head, *rows = (tmp_path / "z.metadata.tsv").read_text(encoding="utf-8").splitlines()
    assert head == "image\tclass" and len(rows) == len(given)
    classes = ["two words", "tab and line", "plain"] if labelled else [""] * 3
    assert rows[:3] == [f"{index}\t{name}" for index, name in enumerate(classes)]


def test_of_the_pair_both_are_written_or_neither(tmp_path: Path) -> None:
    (tmp_path / "z.metadata.tsv").mkdir()
    with pytest.raises(UserError):
        finish(export_encodings_tsv(encodings(), tmp_path / "z.tsv"))
    job = export_encodings_tsv(encodings(), tmp_path / "y.tsv")
    next(job)
    job.close()
    assert [path.name for path in tmp_path.iterdir()] == ["z.metadata.tsv"]


def test_excel_is_told_that_a_table_is_utf8_where_a_name_needs_it(tmp_path: Path) -> None:
    """A plain reader takes the mark for a letter, so that a table of ASCII goes without."""
    for names, marked in ((NAMES, False), (("ä", "b", "c"), True)):
        given = replace(encodings(), class_names=names)
        counts = np.zeros((3, 3), np.int64)
        for job in (
            export_encodings_csv(given, tmp_path / "z.csv"),
            export_confusion_csv(counts, names, tmp_path / "c.csv"),
        ):
            content = finish(job).read_bytes()
            assert content.startswith(codecs.BOM_UTF8) == marked
            assert ("ä" in content.decode("utf-8-sig")) == marked


def test_a_confusion_matrix_has_its_classes_on_both_sides(tmp_path: Path) -> None:
    counts = np.arange(9).reshape(3, 3)
    head, *rows = table(finish(export_confusion_csv(counts, NAMES, tmp_path / "c.csv")))
    assert head == ["true \\ predicted", "a,b", '\'=1+"2"', "plain"]
    assert [[int(value) for value in row[1:]] for row in rows] == counts.tolist()
    assert [row[0] for row in rows] == head[1:]
