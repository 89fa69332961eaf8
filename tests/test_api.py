"""What a notebook imports: the same numbers as the app's, on whatever holds images, and clear refusals."""

import base64
import io
import re
import subprocess
import sys
import types
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import TensorDataset

import vae_gui
from tests.tiny import tiny_data
from vae_gui import (
    Epoch,
    ImageData,
    Model,
    OwnImages,
    UserError,
    datasets,
    load,
    picture,
    presets,
    pretrained,
    train,
)
from vae_gui.core.inference.engine import Engine
from vae_gui.core.storage import workspace as files
from vae_gui.core.support.errors import UnreadableError

SMALL = {"epochs": 1, "seed": 3, "threads": 1, "device": "cpu", "batch_size": 16}
BARS = tiny_data()
X, Y = np.array(BARS.train.images), np.array(BARS.train.labels)


@pytest.fixture(scope="module")
def model() -> Model:
    return train("s3-mlp", BARS, **SMALL)


@pytest.fixture(scope="module")
def of_arrays() -> Model:
    return train("s3-mlp", X, Y, **SMALL)


def weights(model: Model) -> dict[str, np.ndarray]:
    return model.workspace.checkpoint.snapshot.weights


def same_weights(one: Model, other: Model) -> bool:
    first, second = weights(one), weights(other)
    return all(np.array_equal(first[name], second[name]) for name in first)


def test_a_model_is_trained_encodes_decodes_and_measures(model: Model) -> None:
    images = model.test_images
    mu, logvar = model.encode(images)
    assert mu.shape == logvar.shape == (len(images), 2)
    decoded = model.decode(mu)
    assert decoded.shape == images.shape and 0 <= decoded.min() <= decoded.max() <= 1
    assert np.allclose(model.decode(mu[0]), decoded[:1])
    elbo = model.elbo(images)
    assert elbo.shape == (len(images),)
    steps, tests = model.history
    assert -elbo.mean() == pytest.approx(tests[-1, 2] + tests[-1, 3], rel=0.02)
    assert np.array_equal(elbo, model.elbo(images)) and not np.array_equal(
        elbo, model.elbo(images, seed=1)
    )
    assert len(steps) == model.workspace.checkpoint.snapshot.step
    assert model.sample(3).shape == (3, model.side, model.side)
    assert np.array_equal(model.transform(images), mu)
    assert np.array_equal(model.reconstruct(images), decoded)


@pytest.mark.parametrize(
    "same",
    [
        lambda x: x / 255,
        lambda x: (x / 255).astype(np.float32),
        lambda x: x[:, None],
        lambda x: x.reshape(len(x), -1),
        lambda x: x.astype(np.int64),
        lambda x: x[::-1][::-1],
        lambda x: np.asfortranarray(x),
        lambda x: x.transpose(0, 2, 1).copy().transpose(0, 2, 1),
        lambda x: x.tolist(),
        lambda x: torch.tensor(x),
        lambda x: (torch.tensor(x) / 255).requires_grad_(),
        lambda x: [Image.fromarray(image) for image in x],
    ],
)
def test_images_are_taken_in_any_usual_form(model: Model, same) -> None:
    images = model.test_images[:4]
    assert np.array_equal(model.encode(same(images))[0], model.encode(images)[0])
    assert np.array_equal(model.reconstruct(same(images)), model.reconstruct(images))


def test_one_image_is_taken_square_or_flat_and_many_in_parts(model: Model) -> None:
    images = model.test_images
    for one in (images[2], images[2].ravel(), images[2:3]):
        assert np.array_equal(model.encode(one)[0], model.encode(images[2:3])[0])
    many = np.tile(images, (110, 1, 1))
    assert np.allclose(model.transform(many)[-20:], model.transform(images), atol=1e-6)
    assert model.decode(np.zeros((1030, 2))).shape == (1030, 28, 28)
    assert np.array_equal(
        model.encode(images > 99)[0], model.encode(255 * (images > 99).astype(int))[0]
    )


def test_a_saved_model_opens_here_and_in_the_app(model: Model, tmp_path: Path) -> None:
    path = model.save(tmp_path / "digits.vae")
    again, images = load(str(path)), model.test_images[:8]
    assert np.array_equal(again.encode(images)[0], model.encode(images)[0])
    assert again.config == model.config and again.test_images is None
    kept = files.load(path)
    assert np.allclose(kept.encodings.mu[:8], Engine(kept.checkpoint.snapshot).encode(images)[0])
    with pytest.raises(UserError, match=r"end in \.vae"):
        model.save(tmp_path / "digits.pt")


def test_the_module_is_plain_torch_with_the_same_numbers(model: Model) -> None:
    module, images = model.module(), model.test_images[:4]
    assert isinstance(module, torch.nn.Module) and not module.training
    with torch.no_grad():
        mu, _ = module.encode(torch.tensor(images / 255).float().unsqueeze(1))
        logits = module.decode(mu)
    assert np.allclose(mu.numpy(), model.encode(images)[0], atol=1e-5)
    assert np.allclose(torch.sigmoid(logits).squeeze(1).numpy(), model.decode(mu), atol=1e-5)


def test_the_same_arguments_give_the_same_weights_and_settings_reach_the_run(model: Model) -> None:
    assert same_weights(model, train("s3-mlp", dataset=BARS, **SMALL))
    other = train("s3-mlp", BARS, **SMALL | {"beta": 4.0, "latent_dim": 3})
    assert (other.config.train.beta, other.latent_dim) == (4.0, 3)
    assert other.encode(other.test_images[:2])[0].shape == (2, 3)


class Pairs:
    """A data set as torchvision has them: items by number, a picture and its class."""

    def __len__(self) -> int:
        return len(X)

    def __getitem__(self, index: int) -> tuple[Image.Image, int]:
        return Image.fromarray(X[index]), int(Y[index])


@pytest.mark.parametrize(
    "given",
    [
        lambda: ((X, Y),),
        lambda: (X / 255, Y.tolist()),
        lambda: (X.reshape(len(X), -1), Y[:, None].astype(float)),
        lambda: (X[::-1][::-1].tolist(), Y),
        lambda: (torch.tensor(X)[:, None], torch.tensor(Y)),
        lambda: (TensorDataset(torch.tensor(X), torch.tensor(Y)),),
        lambda: (Pairs(),),
    ],
)
def test_images_and_labels_in_memory_are_one_data_set_in_any_form(of_arrays, given) -> None:
    other = train("s3-mlp", *given(), **SMALL)
    assert same_weights(of_arrays, other)
    assert np.array_equal(other.test_labels, of_arrays.test_labels)
    assert other.config.dataset == of_arrays.config.dataset
    assert other.config.dataset.endswith(":array") and other.data.class_names == ("0", "1")


def test_arrays_stay_those_of_their_owner_and_hold_out_a_tenth(of_arrays: Model) -> None:
    assert X.flags.writeable and len(of_arrays.test_images) == 5
    assert np.bincount(of_arrays.test_labels).tolist() == [3, 2]


def test_test_images_and_labels_of_their_own_are_taken(model: Model) -> None:
    names = np.array(BARS.class_names)
    given = train("s3-mlp", X, names[Y], (BARS.test.images, names[BARS.test.labels]), **SMALL)
    assert np.array_equal(given.test_images, model.test_images)
    assert given.data.class_names == ("level", "upright") and same_weights(given, model)
    bare = train("s3-mlp", X, test=BARS.test.images, **SMALL)
    assert bare.test_labels is None and same_weights(bare, model)
    assert '<img alt="ten images' in bare._repr_html_()


def test_a_path_is_read_where_it_is_and_not_by_its_last_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bars: ImageData
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sub").mkdir()
    np.save("y.npy", X[:30])
    np.save("digits.npy", X[:30])
    np.save("sub/y.npy", X)
    np.save("labels.npy", Y)
    Path("digits.npy").rename("digits")  # as the data set is called
    model = train("s3-mlp", Path("sub/y.npy"), labels="labels.npy", **SMALL)
    assert len(model.test_images) == 5 and model.config.dataset.endswith(":y.npy")
    assert train("s3-mlp", "sub/y.npy", **SMALL).test_labels is None
    assert datasets["digits"].load() is train("s3-mlp", "digits", **SMALL).data is bars
    with pytest.raises(UserError, match="“digits”"):  # no IDX file, but no data set either
        train("s3-mlp", Path("digits"), **SMALL)
    with pytest.raises(UserError, match=r"nothing at .*own:28:auto:0:y"):
        train("s3-mlp", Path("own:28:auto:0:y.npy"), **SMALL)


def test_a_missing_data_set_is_answered_in_words_of_python(tmp_path: Path) -> None:
    for act in (lambda: train("s3-mlp", "mnist", data_dir=tmp_path), datasets["mnist"].load):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("VAE_EXPLORER_DATA", str(tmp_path))
            with pytest.raises(UserError, match=r"data_dir=, or pass download=True \(\d+ MB\)"):
                act()


def test_a_report_gets_numbers_and_reads_as_a_line(model: Model) -> None:
    told: list[Epoch] = []
    again = train("s3-mlp", BARS, report=told.append, **SMALL | {"epochs": 2})
    assert [(epoch.number, epoch.epochs, epoch.step, epoch.steps) for epoch in told] == [
        (1, 2, 3, 6),
        (2, 2, 6, 6),
    ]
    last = again.history[1][-1]
    assert (last[1:] == (told[1].test_loss, told[1].test_reconstruction, told[1].test_kl)).all()
    assert str(told[0]) == f"epoch 1 of 2: test loss {told[0].test_loss:.2f}"


def test_a_notebook_shows_a_bar_unless_somebody_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    handle = types.SimpleNamespace(update=shown.append)
    display = types.ModuleType("IPython.display")
    display.HTML, display.display = str, lambda first, display_id: shown.append(first) or handle
    shell = types.ModuleType("IPython")
    shell.get_ipython = lambda: types.SimpleNamespace(kernel="a notebook's")
    monkeypatch.setitem(sys.modules, "IPython", shell)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    train("s3-mlp", BARS, **SMALL | {"epochs": 2})
    assert [re.search(r'value="([\d.]+)"', bar)[1] for bar in shown] == [
        "0.0000",
        "0.5000",
        "1.0000",
    ]
    train("s3-mlp", BARS, report=lambda _: None, **SMALL)
    shell.get_ipython = lambda: object()  # a terminal's
    train("s3-mlp", BARS, **SMALL)
    assert len(shown) == 3


def test_a_run_goes_on_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    whole = train("s3-mlp", BARS, **SMALL | {"epochs": 3})
    begun = train("s3-mlp", BARS, **SMALL | {"epochs": 2})
    path = begun.save(tmp_path / "begun.vae")
    of_file = train(resume=path, dataset=BARS, epochs=3)
    of_model = train(resume=begun, epochs=3)
    assert same_weights(whole, of_model) and same_weights(whole, of_file)
    assert len(of_model.history[0]) == 9
    for refused, says in [
        (lambda: train(resume=begun), "reached its end .* epochs="),
        (lambda: train(resume=begun, epochs=3, latent_dim=5), "latent_dim.* cannot change"),
        (lambda: train(resume=pretrained(), dataset=BARS, epochs=500), "cannot be trained further"),
    ]:
        with pytest.raises(UserError, match=says):
            refused()
    with pytest.raises(ValueError, match="preset must be None"):
        train("s3-mlp", resume=begun, epochs=3)


def test_a_run_that_goes_badly_warns() -> None:
    with pytest.warns(UserWarning, match="exactly black or white"):
        train("s3-mlp", BARS, likelihood="continuous-bernoulli", **SMALL)


def test_the_shipped_model_is_there_with_images_and_prototypes_that_differ() -> None:
    model = pretrained()
    assert model.test_images.shape == (500, 28, 28) and len(model.test_labels) == 500
    prototypes = model.prototypes()
    alike = np.corrcoef(prototypes.reshape(10, -1)) - np.eye(10)
    assert prototypes.shape == (10, 28, 28) and alike.max() < 0.8
    means = [model.test_images[model.test_labels == c].mean(0).ravel() for c in range(10)]
    nearest = np.corrcoef(prototypes.reshape(10, -1), means)[:10, 10:].argmax(1)
    assert nearest.tolist() == list(range(10))


def test_evaluate_agrees_with_the_run_on_its_own_test_images(model: Model) -> None:
    found, last = model.evaluate(), model.history[1][-1]
    assert (found.reconstruction, found.kl) == pytest.approx((last[2], last[3]), rel=1e-5)
    assert found.iwae is None and found.log_evidence is None
    found = model.evaluate(model.test_images[:10] / 255, samples=50, exact=True)
    assert found.elbo < found.iwae < found.log_evidence < 0 and found.images == 10
    assert found.elbo == pytest.approx(-(found.reconstruction + found.kl))


def test_a_walk_goes_from_end_to_end(model: Model) -> None:
    a, b = model.test_images[:2]
    walk = model.interpolate(a, b, 5)
    assert walk.shape == (5, 28, 28)
    assert np.allclose(walk[[0, -1]], model.reconstruct(np.stack([a, b])), atol=1e-6)
    assert np.allclose(model.interpolate([0, 1], [1, 0], 3)[1], model.decode([0.5, 0.5])[0])
    turned = model.interpolate([0, 1], [1, 0], 3, path="slerp")[1]
    assert np.allclose(turned, model.decode(np.sqrt([0.5, 0.5]))[0], atol=1e-5)


def test_a_notebook_shows_ten_images(model: Model) -> None:
    html = pretrained()._repr_html_()
    content = base64.b64decode(re.search(r"base64,([^\"]+)", html)[1])
    assert Image.open(io.BytesIO(content)).size == (560, 56)
    assert "&lt;Model" in html and "<img" in model._repr_html_()


def test_a_picture_has_rows_and_whole_pixels(model: Model) -> None:
    shown = picture(model.test_images[:7], columns=4, scale=1)
    assert shown.size == (4 * 28, 2 * 28) and shown.mode == "L"
    assert np.array_equal(np.asarray(shown)[28:, :28], model.test_images[4])
    assert not np.asarray(shown)[28:, 84:].any()


IMAGE = np.zeros((1, 28, 28), np.uint8)


@pytest.mark.parametrize(
    ("act", "kind", "says"),
    [
        (lambda model: model.sample(-1), ValueError, "n must be a whole number from 1 to"),
        (lambda model: model.sample(0), ValueError, "n must be"),
        (lambda model: model.sample(2**70), ValueError, "n must be"),
        (lambda model: model.sample(10**5000), ValueError, "n must be"),
        (lambda model: model.sample(2.5), TypeError, "n must be a whole number .* not float"),
        (lambda model: model.sample(None), TypeError, "n must be .* not None"),
        (lambda model: model.sample(True), TypeError, "n must be .* not bool"),
        (lambda model: model.sample(1, seed=2**70), ValueError, "seed must be"),
        (lambda model: model.sample(1, seed=-1), ValueError, "seed must be"),
        (lambda model: model.sample(1, seed="a"), TypeError, "seed must be .* not str"),
        (lambda model: model.elbo(IMAGE, seed=2**70), ValueError, "seed must be"),
        (lambda model: model.elbo(IMAGE, seed=None), TypeError, "seed must be"),
        (lambda model: model.elbo([[1], [1, 2]]), ValueError, "images must be .n, 28, 28"),
        (lambda model: model.encode([[1], [1, 2]]), ValueError, "images must be .n, 28, 28"),
        (lambda model: model.encode(None), TypeError, "images must be .* not None"),
        (lambda model: model.encode("digit.png"), TypeError, "images must be .* not str"),
        (lambda model: model.encode([]), ValueError, r"images must be .*784\), not \(0,\)"),
        (lambda model: model.encode(np.zeros((2, 5, 5))), ValueError, "must be .*not .2, 5, 5"),
        (lambda model: model.encode(np.zeros((2, 3, 28, 28))), ValueError, "images must be"),
        (lambda model: model.encode(np.full((1, 28, 28), 7.0)), ValueError, "0…1; .* lie in 7…7"),
        (lambda model: model.encode(np.full((1, 28, 28), 256)), ValueError, "0…255"),
        (lambda model: model.encode(np.full((1, 28, 28), np.nan)), ValueError, "0…1"),
        (lambda model: model.encode(IMAGE[:0]), ValueError, "at least one image"),
        (lambda model: model.encode(IMAGE[:0] / 1.0), ValueError, "at least one image"),
        (lambda model: model.encode(IMAGE[0] * 1j), TypeError, "images must be"),
        (lambda model: model.reconstruct(7), ValueError, "images must be"),
        (lambda model: model.transform({}), TypeError, "images must be"),
        (lambda model: model.interpolate([0, 1], [1, 0], 1), ValueError, "n must be"),
        (lambda model: model.interpolate([0, 1], [1, 0, 0]), ValueError, "b must be a point .2,."),
        (
            lambda model: model.interpolate([0, 1], [1, 0], path="arc"),
            ValueError,
            "straight, slerp",
        ),
        (lambda model: model.evaluate(IMAGE, samples=-1), ValueError, "samples must be"),
        (lambda model: model.evaluate(IMAGE, exact=1), TypeError, "exact must be"),
        (lambda model: picture(IMAGE, columns=0), ValueError, "columns must be"),
        (lambda model: picture(None), TypeError, "images must be"),
        (lambda model: model.decode([[1.0], [1.0, 2.0]]), ValueError, "z must be .n, 2. or .2,."),
        (lambda model: model.decode([[1.0, 2.0, 3.0]]), ValueError, r"z must be \(n, 2\)"),
        (lambda model: model.decode(None), TypeError, "z must be .* not None"),
        (lambda model: model.decode("z"), TypeError, "z must be .* not str"),
        (lambda model: model.decode(np.zeros((0, 2))), ValueError, "at least one row"),
        (lambda model: model.decode([[np.nan, 0.0]]), ValueError, "finite"),
        (lambda model: model.decode([[1e300, 0.0]]), ValueError, "finite"),
        (lambda model: model.save(None), TypeError, "path must be a path"),
        (lambda model: model.save(b"a.vae"), TypeError, "path must be a path"),
        (lambda model: model.save("a\0b.vae"), ValueError, "path must be .* null"),
        (lambda model: load(7), TypeError, "path must be a path, .* not int"),
        (lambda model: load(None), TypeError, "path must be .* not None"),
        (lambda model: load("a\0b.vae"), ValueError, "path must be"),
        (lambda model: load("no-such-file.vae"), UnreadableError, "no-such-file"),
        (lambda model: train(None, "digits"), TypeError, "preset must be the name"),
        (lambda model: train(["s3-mlp"], "digits"), TypeError, "preset must be the name"),
        (lambda model: train("no-such", "digits"), ValueError, "preset must be one of"),
        (lambda model: train("s3-mlp", "digits", epoch=3), TypeError, "no setting epoch: .*epochs"),
        (lambda model: train("s3-mlp", "no-such-data"), UserError, "no-such-data"),
        (lambda model: train("s3-mlp", None), TypeError, "dataset must be .* not None"),
        (lambda model: train("s3-mlp", IMAGE), UserError, "20 are the fewest"),
        (lambda model: train("s3-mlp", X[:, :27]), ValueError, "dataset must be .* not .48, 27"),
        (lambda model: train("s3-mlp", X[:, :5, :5]), ValueError, "a side of 8 to 64"),
        (
            lambda model: train("s3-mlp", X.astype(int) * 1000),
            ValueError,
            "dataset must be whole numbers",
        ),
        (lambda model: train("s3-mlp", X, Y[:9]), ValueError, "labels must be one for each"),
        (lambda model: train("s3-mlp", X, Y + 0.5), TypeError, "labels must be one whole number"),
        (lambda model: train("s3-mlp", (X, Y), Y), ValueError, "labels must be None"),
        (lambda model: train("s3-mlp", BARS, Y), ValueError, "must be None"),
        (lambda model: train("s3-mlp", "digits", Y), ValueError, "labels must be None"),
        (lambda model: train("s3-mlp", X, test_labels=Y), ValueError, "test_labels must be None"),
        (lambda model: train("s3-mlp", X, test=X[:, 2:-2, 2:-2]), ValueError, "28 pixels"),
        (lambda model: train("s3-mlp", "digits", data_dir=7), TypeError, "data_dir must be"),
        (lambda model: train("s3-mlp", "digits", download="no"), TypeError, "download must be"),
        (lambda model: train("s3-mlp", "digits", report=1), TypeError, "report must be"),
        (lambda model: train("s3-mlp", "digits", epochs=-1), ValueError, "^epochs is -1, but"),
        (lambda model: train("s3-mlp", "digits", seed=2**70), ValueError, "seed is"),
        (lambda model: train("s3-mlp", "digits", epochs="3"), TypeError, "epochs must be"),
        (lambda model: train("s3-mlp", "digits", beta=None), TypeError, "beta must be a number"),
        (lambda model: train("s3-mlp", "digits", architecture=[1]), TypeError, "cannot be"),
        (lambda model: train("s3-mlp", "digits", architecture="x"), ValueError, "choose one of"),
        (lambda model: train(resume=7), TypeError, "path must be"),
        (lambda model: OwnImages(None), TypeError, "path must be"),
        (lambda model: OwnImages("a", labels=7), TypeError, "labels must be"),
        (lambda model: OwnImages("a", side=None), UserError, "Image side must be"),
    ],
)
def test_a_wrong_argument_is_named(model: Model, act, kind: type[Exception], says: str) -> None:
    with warnings.catch_warnings(), pytest.raises(kind, match=says) as caught:
        warnings.simplefilter("error")
        act(model)
    assert type(caught.value) is kind


def test_numbers_of_numpy_and_path_objects_are_taken(model: Model) -> None:
    settings = {name: np.int64(v) if isinstance(v, int) else v for name, v in SMALL.items()}
    same = train("s3-mlp", BARS, **settings | {"beta": np.float32(1)})
    assert np.array_equal(same.decode([0, 1]), model.decode(np.array([0, 1])))
    assert np.array_equal(model.sample(np.int64(2), np.uint8(1)), model.sample(2, 1))
    assert OwnImages("a/b").title == OwnImages(Path("a/b")).title == "b"


def test_an_autoencoder_has_codes_and_no_elbo() -> None:
    model = train("s1-ae-mlp", BARS, **SMALL)
    mu, logvar = model.encode(model.test_images[:2])
    assert mu.shape[0] == 2 and logvar is None
    with pytest.raises(UserError, match="no ELBO"):
        model.elbo(model.test_images)
    found = model.evaluate(samples=5)
    assert (found.elbo, found.kl, found.iwae) == (None, None, None)


def test_the_registries_are_there_to_read_and_not_to_change() -> None:
    assert presets["recommended"].model.latent_dim == 2 and datasets["digits"].side == 28
    with pytest.raises(TypeError):
        presets["mine"] = presets["recommended"]
    with pytest.raises(AttributeError, match="no attribute"):
        vae_gui.no_such_name  # noqa: B018


def test_the_package_names_what_it_has_and_stays_light_until_it_is_asked_for() -> None:
    code = (
        "import sys, vae_gui; assert {'train', 'load', 'Model', 'datasets'} <= set(dir(vae_gui));"
        "assert not {'torch', 'numpy', 'PySide6'} & sys.modules.keys();"
        "from vae_gui import *; assert train and not {'torch', 'PySide6'} & sys.modules.keys()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_default_device_of_the_caller_changes_nothing(model: Model) -> None:
    expected = model.decode([0.0, 0.0])
    with torch.device("meta"):
        again = train("s3-mlp", BARS, **SMALL)
        images = again.test_images[:4]
        assert np.array_equal(again.decode([0.0, 0.0]), expected)
        assert np.array_equal(again.encode(images)[0], model.encode(images)[0])
        assert np.array_equal(again.elbo(images), model.elbo(images))
        assert next(again.module().parameters()).device.type == "cpu"


def test_a_model_leaves_the_random_numbers_of_a_card_as_they_are(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeded: list[int] = []
    monkeypatch.setattr(torch.cuda, "manual_seed_all", seeded.append)
    before = torch.get_rng_state()
    model.module()
    assert seeded == [] and torch.equal(torch.get_rng_state(), before)
    assert vae_gui.__all__ == sorted({*vae_gui.api.__all__, "__version__"})
