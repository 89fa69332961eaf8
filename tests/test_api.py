"""What a notebook imports: the same numbers as the app's, on arrays of either kind, and clear refusals."""

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

import vae_gui
from vae_gui import Model, OwnImages, datasets, load, presets, train
from vae_gui.core.inference.engine import Engine
from vae_gui.core.storage import workspace as files
from vae_gui.core.support.errors import UserError

SMALL = {"epochs": 1, "seed": 3, "threads": 1, "device": "cpu", "batch_size": 256}


@pytest.fixture(scope="module")
def model() -> Model:
    return train("s3-mlp", "digits", **SMALL)


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
    assert len(steps) == model._workspace.checkpoint.snapshot.step
    assert model.sample(3).shape == (3, model.side, model.side)


def test_floats_and_one_image_are_taken_as_bytes_are(model: Model) -> None:
    images = model.test_images[:4]
    for same in (images / 255, (images / 255).astype(np.float32)):
        assert np.array_equal(model.encode(same)[0], model.encode(images)[0])
    assert np.array_equal(model.encode(images[2])[0], model.encode(images[2:3])[0])


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
    told: list[str] = []
    again = train("s3-mlp", "digits", report=told.append, **SMALL)
    first, second = (each._workspace.checkpoint.snapshot.weights for each in (model, again))
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert len(told) == 1 and told[0].startswith("epoch 1: test loss ")
    other = train("s3-mlp", "digits", **SMALL | {"beta": 4.0, "latent_dim": 3})
    assert (other.config.train.beta, other.latent_dim) == (4.0, 3)
    assert other.encode(other.test_images[:2])[0].shape == (2, 3)


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (lambda model: train("no-such", "digits"), "no preset"),
        (lambda model: train("s3-mlp", "digits", epoch=3), "no setting “epoch”"),
        (lambda model: train("s3-mlp", "digits", epochs=-1), "Epochs"),
        (lambda model: train("s3-mlp", "no-such-data"), "no-such-data"),
        (lambda model: model.encode(np.zeros((2, 5, 5))), "must be"),
        (lambda model: model.encode(np.full((1, 28, 28), 7.0)), "0…1"),
        (lambda model: model.encode(np.zeros((1, 28, 28), np.int64)), "uint8"),
        (lambda model: model.decode([[1.0, 2.0, 3.0]]), r"\(n, 2\)"),
        (lambda model: load("no-such-file.vae"), "no-such-file"),
    ],
)
def test_what_cannot_be_taken_is_said_in_a_sentence(model: Model, act, says: str) -> None:
    with pytest.raises(UserError, match=says):
        act(model)


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
        (lambda model: model.encode([]), UserError, "must be"),
        (lambda model: model.encode(IMAGE[:0]), ValueError, "at least one image"),
        (lambda model: model.encode(IMAGE[:0] / 1.0), ValueError, "at least one image"),
        (lambda model: model.encode(IMAGE[0] * 1j), TypeError, "images must be"),
        (
            lambda model: model.encode(torch.zeros(1, 28, 28, requires_grad=True)),
            ValueError,
            "images",
        ),
        (lambda model: model.decode([[1.0], [1.0, 2.0]]), ValueError, "z must be .n, 2. or .2,."),
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
        (lambda model: train(None, "digits"), TypeError, "preset must be the name"),
        (lambda model: train(["s3-mlp"], "digits"), TypeError, "preset must be the name"),
        (lambda model: train("s3-mlp", None), TypeError, "dataset must be .* not None"),
        (lambda model: train("s3-mlp", IMAGE), TypeError, "dataset must be .* not ndarray"),
        (lambda model: train("s3-mlp", "digits", data_dir=7), TypeError, "data_dir must be"),
        (lambda model: train("s3-mlp", "digits", download="no"), TypeError, "download must be"),
        (lambda model: train("s3-mlp", "digits", report=1), TypeError, "report must be"),
        (lambda model: train("s3-mlp", "digits", seed=2**70), UserError, "Seed is"),
        (lambda model: train("s3-mlp", "digits", epochs="3"), UserError, "Epochs must be"),
        (lambda model: train("s3-mlp", "digits", beta=None), UserError, "must be a number"),
        (lambda model: train("s3-mlp", "digits", architecture=[1]), UserError, "cannot be"),
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


def test_numbers_of_numpy_and_path_objects_are_taken(model: Model, tmp_path: Path) -> None:
    settings = {name: np.int64(v) if isinstance(v, int) else v for name, v in SMALL.items()}
    same = train("s3-mlp", Path("digits"), **settings | {"beta": np.float32(1)})
    assert np.array_equal(same.decode([0, 1]), model.decode(np.array([0, 1])))
    assert np.array_equal(model.sample(np.int64(2), np.uint8(1)), model.sample(2, 1))
    assert OwnImages("a/b").title == OwnImages(Path("a/b")).title == "b"


def test_an_autoencoder_has_codes_and_no_elbo() -> None:
    model = train("s1-ae-mlp", "digits", **SMALL)
    mu, logvar = model.encode(model.test_images[:2])
    assert mu.shape[0] == 2 and logvar is None
    with pytest.raises(UserError, match="no ELBO"):
        model.elbo(model.test_images)


def test_the_registries_are_there_to_read_and_not_to_change() -> None:
    assert presets["recommended"].model.latent_dim == 2 and datasets["digits"].side == 28
    with pytest.raises(TypeError):
        presets["mine"] = presets["recommended"]
    with pytest.raises(AttributeError, match="no attribute"):
        vae_gui.no_such_name  # noqa: B018


def test_the_package_stays_light_until_something_is_asked_for() -> None:
    code = "import sys, vae_gui; assert not {'torch', 'numpy', 'PySide6'} & sys.modules.keys()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    code = "import sys; from vae_gui import train, load; assert 'PySide6' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_default_device_of_the_caller_changes_nothing(model: Model) -> None:
    expected = model.decode([0.0, 0.0])
    with torch.device("meta"):
        again = train("s3-mlp", "digits", **SMALL)
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
