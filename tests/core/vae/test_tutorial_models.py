"""Each tutorial's model layer by layer, and its recipe, written out by hand from the tutorial."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from vae_gui.core.vae.losses import kl_to_prior
from vae_gui.core.vae.models.base import build
from vae_gui.core.vae.presets import PRESETS

Layer = tuple[object, ...]
RELU: Layer = ("relu",)
POOL: Layer = ("pool", 2)

# Convolutions: name, channels in and out, kernel, stride, padding; transposed ones with output padding.
LAYERS: dict[str, tuple[list[Layer], list[Layer]]] = {
    "s0-conv-bn": (
        [
            ("conv", 1, 16, 4, 2, 0),
            ("norm", 16),
            RELU,
            ("conv", 16, 32, 4, 2, 0),
            ("norm", 32),
            RELU,
            ("conv", 32, 16, 4, 2, 0),
        ],
        [
            ("up", 8, 256, 3, 2, 0, 0),
            ("norm", 256),
            RELU,
            ("up", 256, 128, 4, 1, 0, 0),
            ("norm", 128),
            RELU,
            ("up", 128, 64, 3, 2, 0, 0),
            ("norm", 64),
            RELU,
            ("up", 64, 1, 4, 2, 0, 0),
        ],
    ),
    "s1-ae-mlp": (
        [("linear", 784, 512), RELU, ("linear", 512, 2)],
        [("linear", 2, 512), RELU, ("linear", 512, 784)],
    ),
    "s1-vae-mlp": (
        [("linear", 784, 512), RELU, ("linear", 512, 2 + 2)],
        [("linear", 2, 512), RELU, ("linear", 512, 784)],
    ),
    "s2-conv": (
        [
            ("conv", 1, 32, 3, 1, 1),
            RELU,
            POOL,
            ("conv", 32, 64, 3, 1, 1),
            RELU,
            POOL,
            ("linear", 64 * 7 * 7, 400),
            RELU,
            ("linear", 400, 2 + 2),
        ],
        [
            ("linear", 2, 64 * 7 * 7),
            RELU,
            ("up", 64, 32, 3, 2, 1, 1),
            RELU,
            ("up", 32, 1, 3, 2, 1, 1),
        ],
    ),
    "s3-mlp": (
        [("linear", 784, 256), RELU, ("linear", 256, 2 + 2)],
        [("linear", 2, 256), RELU, ("linear", 256, 784)],
    ),
    "s4-mlp": (
        [("linear", 784, 400), RELU, ("linear", 400, 20 + 20)],
        [("linear", 20, 400), RELU, ("linear", 400, 784)],
    ),
}
PARAMETERS = {
    "s0-conv-bn": 635_617,
    "s1-ae-mlp": 806_674,
    "s1-vae-mlp": 807_700,
    "s2-conv": 1_303_381,
    "s3-mlp": 404_244,
    "s4-mlp": 652_824,
}
# latent dimensions, likelihood, optimizer, learning rate, batch, epochs
RECIPES = {
    "s0-conv-bn": (8, "bernoulli", "adam", 1e-3, 64, 20),
    "s1-ae-mlp": (2, "squared-error", "adam", 1e-3, 128, 20),
    "s1-vae-mlp": (2, "gaussian", "adam", 1e-3, 128, 20),
    "s2-conv": (2, "gaussian", "adamw", 1e-3, 32, 100),
    "s3-mlp": (2, "bernoulli", "adam", 1e-3, 128, 30),
    "s4-mlp": (20, "bernoulli", "adam", 1e-3, 128, 20),
}
every_tutorial = pytest.mark.parametrize("name", LAYERS)


def described(layer: nn.Module) -> Layer | None:
    """None for what only changes the shape, or clothes the output."""
    match layer:
        case nn.Linear():
            return "linear", layer.in_features, layer.out_features
        case nn.Conv2d():
            sizes = layer.kernel_size[0], layer.stride[0], layer.padding[0]
            return "conv", layer.in_channels, layer.out_channels, *sizes
        case nn.ConvTranspose2d():
            sizes = layer.kernel_size[0], layer.stride[0], layer.padding[0]
            return "up", layer.in_channels, layer.out_channels, *sizes, layer.output_padding[0]
        case nn.BatchNorm2d():
            return "norm", layer.num_features
        case nn.ReLU():
            return RELU
        case nn.MaxPool2d():
            return "pool", layer.kernel_size
    assert not list(layer.parameters())
    return None


def sequence(part: nn.Module) -> list[Layer]:
    leaves = [layer for layer in part.modules() if not list(layer.children())]
    return [layer for layer in map(described, leaves) if layer is not None]


@every_tutorial
def test_the_layers_are_those_of_the_tutorial_in_their_order(name: str) -> None:
    model = build(PRESETS[name].model)
    assert (sequence(model.encoder), sequence(model.decoder)) == LAYERS[name]
    assert sum(parameter.numel() for parameter in model.parameters()) == PARAMETERS[name]


@every_tutorial
def test_the_recipe_is_that_of_the_tutorial(name: str) -> None:
    model, train = PRESETS[name].model, PRESETS[name].train
    recipe = (train.optimizer, train.learning_rate, train.batch_size, train.epochs)
    assert (model.latent_dim, model.likelihood, *recipe) == RECIPES[name]
    assert (train.beta, train.warmup_epochs, train.schedule) == (1.0, 0.0, "constant")


def test_s0_has_615_637_parameters_in_two_dimensions() -> None:
    model = build(replace(PRESETS["s0-conv-bn"].model, latent_dim=2))
    assert sum(parameter.numel() for parameter in model.parameters()) == 615_637


@pytest.mark.parametrize(
    ("name", "sides"),
    [("s0-conv-bn", [13, 5, 1, 3, 6, 13, 28]), ("s2-conv", [28, 14, 14, 7, 14, 28])],
)
def test_convolutions_pass_through_the_sides_of_the_tutorial(name: str, sides: list[int]) -> None:
    model = build(PRESETS[name].model).eval()
    seen: list[int] = []
    for layer in [*model.encoder.modules(), *model.decoder.modules()]:
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.MaxPool2d):
            layer.register_forward_hook(lambda _, __, output: seen.append(output.shape[-1]))
    with torch.no_grad():
        mu, _ = model.encode(torch.rand(2, 1, 28, 28))
        model.decode(mu)
    assert seen == sides


def test_s1_gives_log_sigma_which_is_doubled_to_log_variance() -> None:
    """The tutorial's own KL was smallest at σ = 0.707; the closed form is at σ = 1."""
    model = build(PRESETS["s1-vae-mlp"].model)
    x = torch.rand(3, 1, 28, 28)
    with torch.no_grad():
        hidden = torch.relu(model.encoder[1](x.flatten(1)))
        mu, log_sigma = model.encoder[3](hidden).chunk(2, dim=1)
        found_mu, logvar = model.encode(x)
    torch.testing.assert_close(found_mu, mu)
    torch.testing.assert_close(logvar, 2 * log_sigma)
    sigma = torch.linspace(0.5, 1.5, 101)
    kl = kl_to_prior(torch.zeros(101, 1), 2 * sigma.log()[:, None]).squeeze(1)
    assert sigma[kl.argmin()].item() == pytest.approx(1.0)
