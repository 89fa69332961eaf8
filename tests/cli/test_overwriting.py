"""What a command never replaces unasked: a run, and a text that somebody may have gone on writing."""

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import SMALL, Call
from tests.conftest import REPOSITORY
from tests.fake_windows import posix_only
from vae_gui.core.storage.workspace import load

COMMANDS = {
    "a new run": ("train", "--preset", "s3-mlp", *SMALL, "--out", "there.vae"),
    "a repeated run": ("train", "--from", "model.vae", "--out", "there.vae"),
    "its own repetition": ("train", "--from", "there.vae", "--out", "there.vae"),
    "the rest of another run": ("train", "--resume", "model.vae", "--epochs", "3", "--out", "there.vae"),
    "a shipped model": ("ship", "model.vae", "--out", "there.vae"),
    "its own shipped model": ("ship", "there.vae", "--out", "there.vae"),
    "a card": ("ship", "model.vae", "--out", "new.vae", "--card", "there.md"),
}  # fmt: skip
EXPORTS = {"a script": ("script", "there.py"), "a model card": ("model-card", "there.md")}


@pytest.fixture
def here(tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model and one file of each kind that is there already."""
    monkeypatch.chdir(tmp_path)
    for name in ("model.vae", "there.vae"):
        shutil.copy(model, name)
    for name in ("there.md", "there.py"):
        Path(name).write_text("written by hand")
    return tmp_path


def refuses(call: Call, *arguments: str) -> None:
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    done = call(*arguments)
    assert done.code == 2 and done.err.count("\n") == 1
    assert "is there already" in done.err and "--overwrite" in done.err
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


@pytest.mark.parametrize("what", COMMANDS)
def test_it_is_replaced_when_asked_alone(
    here: Path, call: Call, data: tuple[str, ...], what: str
) -> None:
    refuses(call, *COMMANDS[what], *data)
    assert call(*COMMANDS[what], *data, "--overwrite").code == 0


@pytest.mark.parametrize("what", EXPORTS)
def test_an_exported_text_is_replaced_when_asked_alone(here: Path, call: Call, what: str) -> None:
    kind, out = EXPORTS[what]
    refuses(call, "export", kind, "model.vae", "--out", out)
    assert call("export", kind, "model.vae", "--out", out, "--overwrite").code == 0
    assert (here / out).read_text() != "written by hand"


@pytest.mark.parametrize("out", ["there.vae", "link.vae"])
@posix_only("symbolic links for everybody")
def test_a_run_goes_on_in_its_own_file(
    here: Path, call: Call, data: tuple[str, ...], out: str
) -> None:
    (here / "link.vae").symlink_to("there.vae")
    done = call("train", "--resume", "there.vae", *data, "--epochs", 3, "--out", out)
    assert done.code == 0
    assert load(here / "there.vae").checkpoint.snapshot.step == 6


def test_a_picture_is_replaced(here: Path, call: Call) -> None:
    for _ in range(2):
        assert call("export", "strip", "model.vae", "--frames", 2, "--out", "a.png").code == 0


def test_the_shipped_model_is_made_again_by_make() -> None:
    recipe = (REPOSITORY / "Makefile").read_text(encoding="utf-8").partition("\npretrained:")[2]
    written = [line for line in recipe.split("\n\n")[0].splitlines() if "--out" in line]
    assert len(written) == 2 and all("--overwrite" in line for line in written)
