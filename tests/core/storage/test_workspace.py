"""The `.vae` file: it comes back whole, or is refused with a sentence; a save is all or nothing."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from tests.core.storage.workspaces import CONFIG, full_workspace, same, small_workspace
from tests.fake_windows import posix_only
from vae_gui.core.analysis.density import AggregatedPosterior
from vae_gui.core.state.latent import LatentState
from vae_gui.core.storage import verified_container as sealed
from vae_gui.core.storage.workspace import Workspace, load, save
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.encodings import class_statistics
from vae_gui.core.vae.snapshot import Checkpoint

ROOT = Path(__file__).parents[3]
POSIX = posix_only("fork and limits")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.vae"


def with_checkpoint(**changes: object) -> Workspace:
    workspace = full_workspace()
    return replace(workspace, checkpoint=replace(workspace.checkpoint, **changes))


def workspace_with_statistics() -> Workspace:
    full = full_workspace()
    assert full.encodings is not None
    return replace(full, statistics=class_statistics(full.encodings))


@pytest.mark.parametrize("make", [full_workspace, small_workspace, workspace_with_statistics])
def test_everything_comes_back(path: Path, make: Callable[[], Workspace]) -> None:
    save(make(), path)
    assert same(load(path), make())


def test_a_part_without_its_optional_arrays_comes_back(path: Path) -> None:
    full = full_workspace()
    assert full.encodings is not None
    bare = replace(full, encodings=replace(full.encodings, logvar=None, labels=None))
    save(bare, path)
    assert same(load(path), bare)


def test_where_it_was_trained_comes_back_and_nothing_else_is_taken_for_a_device(path: Path) -> None:
    save(with_checkpoint(trained_on=("mps", "cpu")), path)
    assert load(path).checkpoint.trained_on == ("mps", "cpu")
    for wrong in ("auto", "cuda; rm", ""):
        with pytest.raises(UserError):
            save(with_checkpoint(trained_on=(wrong,)), path)
            load(path)


def test_arrays_in_any_memory_order_come_back(path: Path) -> None:
    workspace = full_workspace()
    weights = workspace.checkpoint.snapshot.weights
    turned = {name: np.asarray(array, order="F") for name, array in weights.items()}
    snapshot = replace(workspace.checkpoint.snapshot, weights=turned)
    save(with_checkpoint(snapshot=snapshot), path)
    assert same(load(path), workspace)


def test_loaded_arrays_are_read_only_and_own_their_memory(path: Path) -> None:
    save(full_workspace(width=64), path)
    checkpoint = load(path).checkpoint
    for array in (*checkpoint.snapshot.weights.values(), *checkpoint.optimizer.values()):
        assert not array.flags.writeable
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.flags.writeable = True
    weight, timeline_entry = (
        checkpoint.snapshot.weights["encoder.weight"],
        checkpoint.optimizer["exp_avg.0"],
    )
    assert weight.base is not None and not np.shares_memory(weight, timeline_entry)
    assert memoryview(weight.base).nbytes == weight.nbytes


def test_no_path_of_own_images_gets_into_a_file(path: Path) -> None:
    config = replace(CONFIG, dataset="own:28:auto:0:/home/somebody/secret/faces")
    save(with_checkpoint(config=config), path)
    assert b"somebody" not in path.read_bytes()
    assert load(path).checkpoint.config.dataset == "own-images:28:auto:0::faces"


def test_other_programs_can_read_the_weights(path: Path) -> None:
    save(full_workspace(), path)
    weights = load_file(path)
    expected = full_workspace().checkpoint.snapshot.weights["encoder.weight"]
    np.testing.assert_array_equal(weights["weights/encoder.weight"], expected)


def test_opening_a_file_loads_no_torch(path: Path) -> None:
    save(full_workspace(), path)
    code = (
        "import sys; from pathlib import Path; from vae_gui.core.storage.workspace import load;"
        "load(Path(sys.argv[1])); print(sorted({'torch', 'scipy', 'PIL'} & set(sys.modules)))"
    )
    assert run("-c", code, str(path)).strip() == "[]"


def broken_workspaces() -> dict[str, Workspace]:
    full = full_workspace()
    latent, encodings, density = full.latent, full.encodings, full.density
    assert latent and encodings and density and full.history
    poisoned = {"w": np.array([1, np.nan], np.float32)}
    narrow = replace(CONFIG, model=replace(CONFIG.model, latent_dim=3))
    snapshot = full.checkpoint.snapshot
    statistics = workspace_with_statistics().statistics
    assert statistics
    return {
        "the weights are not finite": with_checkpoint(snapshot=replace(snapshot, weights=poisoned)),
        "the optimizer's state is not finite": with_checkpoint(optimizer=poisoned),
        "the model has no weights": with_checkpoint(snapshot=replace(snapshot, weights={})),
        "the weights are of another model": with_checkpoint(config=narrow),
        "the best weights are of another run": with_checkpoint(
            best=replace(snapshot, run_id="other")
        ),
        "a point z has another length": replace(full, latent=replace(latent, a=(1.0,))),
        "a point z is not finite": replace(full, latent=replace(latent, a=(1.0, float("inf")))),
        "there is no such axis": replace(full, latent=replace(latent, axes=(0, 2))),
        "the strip has too many frames": replace(full, latent=replace(latent, frames=10**6)),
        "the curves are not rows of four": replace(
            full, history=replace(full.history, tests=np.zeros((2, 3)))
        ),
        "the encodings are of another model": replace(
            full, encodings=replace(encodings, mu=np.zeros((6, 3), np.float32))
        ),
        "the encodings do not belong together": replace(
            full, encodings=replace(encodings, mu=encodings.mu[:5])
        ),
        "a label has no name": replace(full, encodings=replace(encodings, class_names=("zero",))),
        "the classes' statistics are of another model": replace(
            full, statistics=replace(statistics, spread_mu=np.zeros((3, 5), np.float32))
        ),
        "the classes' statistics are not finite": replace(
            full, statistics=replace(statistics, mean_mu=np.full((3, 2), np.inf, np.float32))
        ),
        "there is not one count for each class": replace(
            full, statistics=replace(statistics, class_names=("zero", "one"))
        ),
        "the density covers no area": replace(
            full, density=AggregatedPosterior((1.0, 1.0, 0.0, 1.0), density.log_density)
        ),
        "the optimizer's state is of another model": with_checkpoint(
            optimizer={"exp_avg.0": np.zeros(7, np.float32)}
        ),
    }


@pytest.mark.parametrize("reason", broken_workspaces())
def test_what_would_not_load_is_not_saved(path: Path, reason: str) -> None:
    save(small_workspace(), path)
    with pytest.raises(UserError, match=reason):
        save(broken_workspaces()[reason], path)
    assert same(load(path), small_workspace())


def resealed(path: Path, change: Callable[[dict[str, object]], None], **tensors: object) -> None:
    """Write a file whose document or tensors somebody changed, with the right digest."""
    save(full_workspace(), path)
    with path.open("rb") as file:
        document, arrays = sealed.unpack(file)
    assert isinstance(document, dict)
    change(document)
    for name, array in tensors.items():
        arrays[name] = np.asarray(array)
    path.write_bytes(sealed.pack(document, arrays))


@pytest.mark.parametrize(
    "value", [None, True, -1, 1.5, 10**400, "text", [], [[]], {}, {"a": 1}, ["x", "y"]], ids=repr
)
def test_a_sealed_document_of_wrong_values_is_refused_or_valid(path: Path, value: object) -> None:
    save(full_workspace(), path)
    with path.open("rb") as file:
        names = list(sealed.fields(sealed.unpack(file)[0]))
    for name in names:
        resealed(path, lambda document, name=name: document.update({name: value}))
        try:
            assert isinstance(load(path), Workspace)
        except UserError as error:
            assert "damaged" in str(error)
        resealed(path, lambda document, name=name: document.pop(name) and None)
        with pytest.raises(UserError):
            load(path)


@pytest.mark.parametrize("part", ["run", "latent"])
@pytest.mark.parametrize("value", [None, -1, 10**400, 1e300, "text", [[]], {"a": 1}], ids=repr)
def test_wrong_values_inside_the_run_and_the_latent_state_are_refused_or_valid(
    path: Path, part: str, value: object
) -> None:
    save(full_workspace(), path)
    with path.open("rb") as file:
        names = list(sealed.fields(sealed.fields(sealed.unpack(file)[0])[part]))
    for name in names:

        def change(document: dict[str, object], name: str = name) -> None:
            sealed.fields(document[part])[name] = value

        resealed(path, change)
        try:
            assert isinstance(load(path), Workspace)
        except UserError as error:
            assert re.search("damaged|does not have", str(error))


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("weights/x", np.array([np.inf], np.float16)),
        ("history/steps", np.zeros((2, 5))),
        ("history/steps", np.zeros((2, 4), np.float32)),
        ("encodings/mu", np.zeros((6, 2), np.float64)),
        ("encodings/labels", np.full(6, 3, np.int16)),
        ("encodings/labels", np.full((6, 1), 0, np.int16)),
        ("density/log_density", np.zeros((0, 4), np.float32)),
    ],
)
def test_sealed_tensors_of_wrong_kind_are_refused(path: Path, name: str, array: np.ndarray) -> None:
    resealed(path, lambda document: None, **{name: array})
    with pytest.raises(UserError, match="damaged"):
        load(path)


@pytest.mark.parametrize("value", [None, True, 3, "text", [], ["x", "y"], [1, 2, 3]], ids=repr)
def test_statistics_whose_classes_were_changed_are_refused(path: Path, value: object) -> None:
    save(workspace_with_statistics(), path)
    with path.open("rb") as file:
        document, arrays = sealed.unpack(file)
    assert isinstance(document, dict)
    document["statistics_classes"] = value
    path.write_bytes(sealed.pack(document, arrays))
    with pytest.raises(UserError, match="damaged"):
        load(path)


@pytest.mark.parametrize("part", ["count", "mean_mu", "mean_sigma", "spread_mu"])
def test_statistics_without_one_of_their_tables_are_refused(path: Path, part: str) -> None:
    save(workspace_with_statistics(), path)
    with path.open("rb") as file:
        document, arrays = sealed.unpack(file)
    del arrays[f"statistics/{part}"]
    path.write_bytes(sealed.pack(document, arrays))
    with pytest.raises(UserError, match="damaged"):
        load(path)


def test_a_kept_file_of_every_version_is_still_read() -> None:
    kept = ROOT / "tests" / "core" / "storage" / "samples" / "version-1.vae"
    assert same(load(kept), full_workspace())


def test_a_file_of_before_rows_were_told_apart_has_no_losses_that_it_does_not_know() -> None:
    """It was saved within exact EM, where its rows of the test images are of p(z|x)."""
    old = load(ROOT / "tests" / "core" / "storage" / "samples" / "exact-em.vae")
    history = old.history
    assert history is not None and old.checkpoint.snapshot.step == 30
    assert history.tests[:, 0].tolist() == [0, 6, 12, 18, 24, 30]
    assert np.isnan(history.tests[3:, 1:]).all() and np.isfinite(history.tests[:3]).all()
    assert history.exact[:, 0].tolist() == [18, 24, 30]
    assert old.test_row is None


def test_what_patience_left_before_there_were_last_weights_has_the_step_of_its_weights(
    path: Path,
) -> None:
    full = full_workspace()
    train = replace(CONFIG.train, patience=3)
    old = replace(full.checkpoint, config=replace(CONFIG, train=train))
    assert old.best is not None and old.best.step < old.snapshot.step
    save(replace(full, checkpoint=old), path)
    found = load(path).checkpoint
    assert (found.snapshot.step, found.steps_done) == (old.best.step, old.snapshot.step)
    again = path.with_name("again.vae")
    save(replace(full, checkpoint=found), again)
    assert same(load(again).checkpoint, found)


def test_more_changes_than_a_file_can_hold_are_not_saved(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed, "_MAX_CONTAINERS", 100)
    many = replace(CONFIG, changes=CONFIG.changes * 50)
    with pytest.raises(UserError, match="too large"):
        save(with_checkpoint(config=many), path)
    assert not path.exists()


def test_a_missing_file_and_a_vanished_folder_are_said(path: Path) -> None:
    with pytest.raises(UserError, match="choose another file"):
        load(path)
    with pytest.raises(UserError, match="choose another folder"):
        save(small_workspace(), path.parent / "gone" / "run.vae")


def test_one_latent_dimension_is_enough(path: Path) -> None:
    model = replace(CONFIG.model, latent_dim=1)
    small = small_workspace()
    snapshot = replace(small.checkpoint.snapshot, model=model)
    checkpoint = Checkpoint(replace(CONFIG, model=model), snapshot, {})
    workspace = replace(small, checkpoint=checkpoint, latent=LatentState.origin(1))
    save(workspace, path)
    assert same(load(path), workspace)


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@POSIX
def test_a_kill_at_any_moment_leaves_the_old_or_the_new_file(tmp_path: Path) -> None:
    whole, interrupted, files = run(
        "-m", "tests.core.storage.crash_saver", "kill", str(tmp_path), "200"
    ).split()
    assert int(whole) == 200
    assert int(interrupted) > 20, "too few of the kills fell into a save"
    assert int(files) == 1, "the next save removes what killed ones left"


@POSIX
def test_a_full_disk_at_any_point_leaves_the_old_file(tmp_path: Path) -> None:
    refused, tried = run(
        "-m", "tests.core.storage.crash_saver", "fill", str(tmp_path), "4096"
    ).split()
    assert int(refused) == int(tried) > 10
