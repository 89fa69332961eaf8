"""Whatever the arguments and the files are, a command ends with a code and one line, and never with a trace."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.cli.conftest import SMALL, Call, Outcome
from vae_gui.__main__ import main
from vae_gui.cli import display
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.storage import verified_container as container

GOOD, BAD_INPUT = 0, 2
hostile = settings(max_examples=100)

# What a shell can hand over: anything but NUL, also bytes that are no UTF-8. No folders, lest one is walked.
texts = st.text(st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), max_size=30)
LONG = "x" * 5000
numbers = st.one_of(
    st.integers(-3, 100).map(str),
    st.integers().map(str),
    st.floats().map(repr),
    st.sampled_from(["1" + "0" * 400, "9" * 5000, "1_0", "²", "٣", "-0", "1e400", "nan,nan", ""]),
)
names = st.one_of(
    texts.filter(lambda text: text not in ("..", ".")),
    st.sampled_from(
        [LONG, "~nosuchuser", "~nosuchuser/x", "\udcff.vae", "a\nb", "\x1b[2J", "gone.vae"]
    ),
)
places = st.one_of(
    names,
    st.sampled_from(["a", "b", "cursor", "class:1", "image:3", "random:1", "z:0,1", "prototypes"]),
    st.builds("{}:{}".format, st.sampled_from(["z", "class", "image", "random"]), numbers | texts),
    st.builds("z:{},{}".format, numbers, numbers),
)
assignments = st.builds(
    "{}={}".format,
    st.sampled_from(
        ["optimizer", "schedule", "side", "likelihood", "threads", "batch_size", "beta", "patience"]
    )
    | texts,
    numbers | texts,
)
VALUES = {
    "--dataset": names | st.just("digits"),
    "--data-dir": names,
    "--samples": numbers,
    "--set": assignments,
    "--epochs": numbers,
    "--beta": numbers,
    "--seed": numbers,
    "--device": names,
    "--preset": names | st.just("s3-mlp"),
    "--from": places,
    "--to": places,
    "--at": places,
    "--of": places,
    "--dims": numbers | st.builds("{},{}".format, numbers, numbers),
    "--axes": st.builds("{},{}".format, numbers, numbers),
    "--range": numbers,
    "--percentiles": numbers,
    "--frames": st.integers(-1, 40).map(str) | texts,
    "--size": numbers,
    "--gap": numbers,
    "--ms": numbers,
    "--columns": numbers,
    "--spread": names,
    "--title": names,
}
OPTIONS = {
    ("info",): (),
    ("datasets",): ("--data-dir",),
    ("presets",): (),
    ("evaluate",): ("--dataset", "--data-dir", "--samples"),
    ("ship",): ("--dataset", "--title"),
    ("encode",): ("--dataset", "--data-dir"),
    ("reconstruct",): ("--dataset", "--images"),
    ("train",): ("--dataset", "--preset", "--set", "--epochs", "--beta", "--seed", "--device"),
    ("export", "strip"): ("--from", "--to", "--frames", "--size", "--gap", "--ms"),
    ("export", "traversal"): ("--at", "--dims", "--range", "--percentiles", "--frames"),
    ("export", "grid"): ("--at", "--axes", "--range", "--percentiles", "--frames"),
    ("export", "samples"): ("--of", "--seed", "--columns", "--spread", "--frames"),
}
TRAIN = ["train", "--preset", "s3-mlp", "--dataset", "digits", "--out", "out.vae"]
WRITING = ("ship", "train", "export", "encode", "reconstruct")


@st.composite
def calls(draw: st.DrawFn) -> list[str]:
    """A command with a file, an output and options that make sense more often than not."""
    command = draw(st.sampled_from(list(OPTIONS)))
    arguments = list(command)
    if command[0] in ("info", "evaluate", "ship", "export", "encode", "reconstruct"):
        arguments.append(draw(st.sampled_from(["model.vae"] * 5 + [LONG]) | names))
    if command[0] == "train":
        arguments += ["--preset", "s3-mlp", "--dataset", "digits", *SMALL]
    if command[0] in ("ship", "train"):
        arguments.append("--overwrite")
    if command[0] in WRITING:
        arguments += ["--out", draw(st.sampled_from(["out.png", "out.gif", "out.vae"]) | names)]
    for option in draw(
        st.lists(st.sampled_from(OPTIONS[command] or ("--json",)), min_size=1, max_size=3)
    ):
        arguments += [option, draw(VALUES[option])] if option in VALUES else [option]
        if option in ("--range", "--percentiles"):
            arguments.append(draw(numbers))
    return [*arguments, *draw(st.sampled_from([[], ["--json"]]))]


def refuse(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} is not JSON")


def check(done: Outcome, arguments: list[str]) -> None:
    assert done.code in (GOOD, BAD_INPUT), done.err
    assert "Traceback" not in done.err
    if done.code == BAD_INPUT:
        assert done.err.endswith("\n") and done.err != "\n"
    if "--json" in arguments and done.code == GOOD and "--help" not in arguments:
        for line in done.out.splitlines():
            json.loads(line, parse_constant=refuse)


@pytest.fixture
def here(
    tmp_path: Path, model: Path, bars: ImageData, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A folder of its own, with a model; the app is never opened, and its folder is empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(display, "problem_with_display", lambda: "There is no display.")
    shutil.copy(model, "model.vae")
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], here: Path) -> Call:
    def call(*arguments: object) -> Outcome:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Outcome(code, *capsys.readouterr())

    return call


@hostile
@given(arguments=calls())
@example(["info", LONG])
@example(["evaluate", "model.vae", "--dataset", LONG])
@example(["evaluate", "model.vae", "--dataset", "~nosuchuser/x"])
@example(["export", "strip", "model.vae", "--out", LONG + ".png"])
@example(["export", "traversal", "model.vae", "--out", "out.png", "--dims", "9" * 5000])
@example(["export", "grid", "model.vae", "--out", "out.png", "--range", "-1e308", "1e308"])
@example(["train", "--preset", "s3-mlp", "--dataset", "digits", "--out", LONG])
@example([*TRAIN, "--set", "optimizer=sgd"])
@example([*TRAIN, "--epochs", "1" + "0" * 400])
@example([*TRAIN, "--epochs", "9" * 5000])
def test_any_values_of_known_options_are_taken_or_refused_in_words(
    run: Call, arguments: list[str]
) -> None:
    check(run(*arguments), arguments)


@hostile
@given(arguments=st.lists(names | st.sampled_from([*VALUES, "info", "export", "--json", "--"])))
def test_any_words_are_taken_or_refused_in_words(run: Call, arguments: list[str]) -> None:
    check(run(*arguments), arguments)


@hostile
@given(data=st.data(), command=st.sampled_from(["info", "evaluate", "strip", "resume"]))
def test_a_damaged_file_is_refused_in_words(
    run: Call, here: Path, data: st.DataObject, command: str
) -> None:
    content = bytearray((here / "model.vae").read_bytes())
    places = st.integers(0, len(content) - 1)
    flips = st.dictionaries(places, st.integers(1, 255), min_size=1, max_size=3)
    for place, flip in data.draw(flips).items():
        content[place] ^= flip
    content = content[: data.draw(st.sampled_from([len(content), len(content) // 2, 100, 0]))]
    (here / "damaged.vae").write_bytes(content)
    done = run(*of_file(command, "damaged.vae"))
    assert done.code == BAD_INPUT and done.err.count("\n") == 1


def of_file(command: str, name: str) -> list[str]:
    return {
        "info": ["info", name, "--json"],
        "evaluate": ["evaluate", name, "--dataset", "digits", "--samples", "2", "--json"],
        "strip": ["export", "strip", name, "--frames", "3", "--out", "out.png", "--json"],
        "resume": ["train", "--resume", name, "--dataset", "digits", "--epochs", "3", "--out",
                   "out.vae", "--json"],
    }[command]  # fmt: skip


@pytest.mark.parametrize("command", ["info", "evaluate", "strip", "resume"])
@pytest.mark.parametrize("value", [1e30, -3e38, 3e38])
@pytest.mark.parametrize("place", ["encodings/mu", "encodings/logvar", "weights/"])
def test_huge_numbers_in_a_file_never_make_a_trace_or_a_nan_in_json(
    run: Call, here: Path, command: str, value: float, place: str
) -> None:
    with (here / "model.vae").open("rb") as file:
        document, arrays = container.unpack(file)
    changed = {
        name: np.full_like(array, value) if name.startswith(place) else array
        for name, array in arrays.items()
    }
    assert any(name.startswith(place) for name in arrays)
    (here / "huge.vae").write_bytes(container.pack(document, changed))
    arguments = of_file(command, "huge.vae")
    check(run(*arguments), arguments)
