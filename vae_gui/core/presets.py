"""The named recipes: the tutorials' own and the recommended one."""

from dataclasses import dataclass

from vae_gui.core.config import ModelConfig, TrainConfig


@dataclass(frozen=True, slots=True)
class Preset:
    """A recipe: a model, how it is trained, and where it comes from."""

    name: str
    title: str
    description: str
    model: ModelConfig
    train: TrainConfig


PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            "recommended",
            "Recommended",
            "A deep perceptron with a one-cycle learning rate: learns fast on a CPU, two dimensions.",
            ModelConfig("deep-mlp"),
            TrainConfig(
                learning_rate=4e-3,
                schedule="one-cycle",
                batch_size=256,
                input_noise=0.2,
                epochs=10,
                min_steps=1000,
            ),
        ),
        Preset(
            "s3-mlp",
            "S3 · MLP 256",
            "Tutorial S3: one hidden layer of 256 units, Bernoulli, 30 epochs.",
            ModelConfig("mlp-256"),
            TrainConfig(learning_rate=1e-3, batch_size=128, epochs=30),
        ),
    )
}
