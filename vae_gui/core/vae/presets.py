"""The PRESETS registry: the recommended recipes and those of the tutorials. A preset is only a start."""

from dataclasses import dataclass

from vae_gui.core.vae.config import ModelConfig, TrainConfig


@dataclass(frozen=True, slots=True)
class Preset:
    """A recipe: a model, how it is trained, and where it comes from."""

    name: str
    title: str
    description: str
    model: ModelConfig
    train: TrainConfig


_TUTORIAL = TrainConfig(learning_rate=1e-3, batch_size=128, epochs=20)

PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            "recommended",
            "Recommended, 2-D",
            "Learns fast and well on a CPU. Two dimensions, so that the pad shows everything.",
            ModelConfig("lean-mlp"),
            TrainConfig(
                learning_rate=4e-3,
                schedule="one-cycle",
                batch_size=256,
                epochs=10,
                min_steps=1000,
                input_noise=0.2,
            ),
        ),
        Preset(
            "recommended-long",
            "Recommended, long run",
            "A larger model and 50 epochs, by the plain −ELBO.",
            ModelConfig("deep-mlp"),
            TrainConfig(
                learning_rate=2.5e-3,
                schedule="one-cycle",
                batch_size=256,
                epochs=50,
                min_steps=1000,
                input_noise=0.25,
            ),
        ),
        Preset(
            "sharp-2d",
            "Sharp, 2-D",
            "The sharpest plane: between two parts of ordinary training the decoder learns by exact EM. The "
            "recipe of the model that the app opens with.",
            ModelConfig("deep-mlp"),
            TrainConfig(
                learning_rate=2.5e-3,
                schedule="one-cycle",
                batch_size=256,
                epochs=138,
                min_steps=1000,
                em_from=5 / 138,
                em_until=25 / 138,
                blend_from=135 / 138,
                input_noise=0.2,
            ),
        ),
        Preset(
            "recommended-16",
            "Recommended, 16-D",
            "Convolutions and 16 dimensions: sharper digits, a space to explore by traversals.",
            ModelConfig("deep-conv", latent_dim=16),
            TrainConfig(
                learning_rate=2e-3,
                schedule="one-cycle",
                batch_size=128,
                epochs=10,
                min_steps=1000,
            ),
        ),
        Preset(
            "s0-conv-bn",
            "Tutorial, conv, batch norm, 8-D",
            "Tutorial S0: convolutions with batch normalisation, 8 dimensions, Bernoulli.",
            ModelConfig("conv-bn", latent_dim=8),
            TrainConfig(learning_rate=1e-3, batch_size=64, epochs=20),
        ),
        Preset(
            "s1-ae-mlp",
            "Tutorial, autoencoder, MLP 512",
            "Tutorial S1: a plain autoencoder, to see the gaps that a VAE closes. No KL, no ELBO.",
            ModelConfig("autoencoder-512", likelihood="squared-error"),
            _TUTORIAL,
        ),
        Preset(
            "s1-vae-mlp",
            "Tutorial, MLP 512, 2-D",
            "Tutorial S1: one hidden layer of 512 units, squared error as a Gaussian of σ² = ½.",
            ModelConfig("mlp-512", likelihood="gaussian"),
            _TUTORIAL,
        ),
        Preset(
            "s2-conv",
            "Tutorial, conv, max pooling, 2-D",
            "Tutorial S2: convolutions with max pooling, AdamW, 100 epochs of small batches.",
            ModelConfig("conv-pool", likelihood="gaussian"),
            TrainConfig(optimizer="adamw", learning_rate=1e-3, batch_size=32, epochs=100),
        ),
        Preset(
            "s3-mlp",
            "Tutorial, MLP 256, 2-D",
            "Tutorial S3: one hidden layer of 256 units, Bernoulli, 30 epochs.",
            ModelConfig("mlp-256"),
            TrainConfig(learning_rate=1e-3, batch_size=128, epochs=30),
        ),
        Preset(
            "s4-mlp",
            "PyTorch example, MLP 400, 20-D",
            "Tutorial S4: one hidden layer of 400 units, 20 dimensions, Bernoulli.",
            ModelConfig("mlp-400", latent_dim=20),
            _TUTORIAL,
        ),
    )
}


def recipe_title(name: str) -> str:
    """Return a preset's title for people to read; a name that is no preset's, as a file may have, stays."""
    return PRESETS[name].title if name in PRESETS else name
