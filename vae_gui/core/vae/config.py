"""RunConfig: the settings of a run as frozen, validated values that form, file and command line share."""

import dataclasses
import os
from dataclasses import dataclass, field
from typing import Annotated

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.settings import Setting, validate
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.random_streams import NEWEST

KINDS_OF_DEVICE = ("cuda", "mps", "cpu")
DEVICES = ("auto", *KINDS_OF_DEVICE)


def default_threads() -> int:
    """Torch threads of the trainer: all cores but one, which the window and the decoder share."""
    return max(1, (os.cpu_count() or 2) - 1)


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The settings of a model: its network, its latent dimensions, and the distribution of a pixel."""

    architecture: Annotated[
        str,
        Setting("Architecture", "The layers of the encoder and the decoder.", choices=MODELS),
    ] = "deep-mlp"
    latent_dim: Annotated[
        int,
        Setting("Latent dimensions", "The length of z; with 2 the pad shows everything.", 1, 64),
    ] = 2
    likelihood: Annotated[
        str,
        Setting(
            "Likelihood",
            "p(x|z) of a pixel. Losses of Bernoulli runs compare with each other only; "
            "so do those of the densities (Gaussian, continuous Bernoulli).",
            choices=LIKELIHOODS,
        ),
    ] = "bernoulli"
    side: Annotated[
        int,
        Setting(
            "Image side", "Height and width of an image; taken from the data set.", 8, 64, "pixels"
        ),
    ] = 28

    @property
    def deterministic(self) -> bool:
        """Say whether the encoder gives a code instead of a distribution: there is neither KL nor ELBO."""
        return MODELS[self.architecture].deterministic

    def __post_init__(self) -> None:
        validate(self)
        if LIKELIHOODS[self.likelihood].scale == "error" and not self.deterministic:
            raise UserError(
                "Squared error is no likelihood: a VAE takes Gaussian, σ² = ½, instead."
            )


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """The settings of the training. The same values give the same losses on a CPU."""

    optimizer: Annotated[
        str,
        Setting(
            "Optimizer", "Adam, or Adam with decoupled weight decay.", choices=("adam", "adamw")
        ),
    ] = "adam"
    learning_rate: Annotated[
        float,
        Setting(
            "Learning rate",
            "Step size of the optimizer; the peak of a one-cycle schedule.",
            1e-6,
            10.0,
            logarithmic=True,
        ),
    ] = 1e-3
    schedule: Annotated[
        str,
        Setting(
            "Schedule",
            "Constant, or one cycle: a short rise to the learning rate, then a cosine fall.",
            choices=("constant", "one-cycle"),
        ),
    ] = "constant"
    batch_size: Annotated[
        int, Setting("Batch size", "Images per optimizer step.", 1, 8192, "images")
    ] = 128
    epochs: Annotated[int, Setting("Epochs", "Passes over the training images.", 1, 10_000)] = 20
    min_steps: Annotated[
        int,
        Setting(
            "Minimum steps",
            "A run is at least this long, however small the data set.",
            0,
            1_000_000,
            "steps",
        ),
    ] = 0
    beta: Annotated[
        float,
        Setting(
            "β",
            "Weight of the KL term; 1 is the ELBO. More gives a smoother, blurrier latent space.",
            0.0,
            100.0,
        ),
    ] = 1.0
    warmup_epochs: Annotated[
        float, Setting("KL warm-up", "β rises from 0 during this time.", 0.0, 1000.0, "epochs")
    ] = 0.0
    em_from: Annotated[
        float,
        Setting(
            "Exact EM from",
            "Share of the run after which z comes from the exact p(z|x) instead of the encoder; two dimensions.",
            0.0,
            1.0,
        ),
    ] = 0.0
    em_until: Annotated[
        float,
        Setting(
            "Exact EM until",
            "Share of the run at which encoder and decoder learn together again; 0 is the plain VAE.",
            0.0,
            1.0,
        ),
    ] = 0.0
    blend_from: Annotated[
        float,
        Setting(
            "Blend from",
            "Share of the run after which the decoder learns with z from the encoder and from the exact p(z|x) "
            "alike; after exact EM only, 1 for never.",
            0.0,
            1.0,
        ),
    ] = 1.0
    input_noise: Annotated[
        float,
        Setting(
            "Input noise",
            "σ of Gaussian noise on the images that the encoder sees in training, so that it "
            "learns them less by heart; 0 is the plain VAE.",
            0.0,
            1.0,
        ),
    ] = 0.0
    patience: Annotated[
        int,
        Setting(
            "Patience",
            "Stop after this many epochs without a better test loss and keep the best weights; 0 never "
            "stops. Counts from the end of the KL warm-up on, and anew when β is changed. The test "
            "images choose the weights, so their loss is then a little too good, unless some images are held out.",
            0,
            1000,
            "epochs",
            least="off",
        ),
    ] = 0
    held_out: Annotated[
        float,
        Setting(
            "Held out",
            "Share of the training images that the run does not learn from, and by which it is measured instead "
            "of by the test images: to choose settings or weights without looking at those; 0 holds none out.",
            0.0,
            0.5,
        ),
    ] = 0.0
    seed: Annotated[
        int, Setting("Seed", "The same seed and settings give the same run.", 0, 2**31 - 1)
    ] = 0
    threads: Annotated[
        int,
        Setting(
            "Threads",
            "CPU threads of the trainer; part of what makes a run repeatable. A run on a card ignores them.",
            1,
            256,
        ),
    ] = field(default_factory=default_threads)
    precision: Annotated[
        str,
        Setting(
            "Precision",
            "Of the networks' products in training; bfloat16 is faster where the processor or card has it, slower where it is emulated, and a little noisier. "
            "Weights, losses and tests stay float32.",
            choices=("float32", "bfloat16"),
        ),
    ] = "float32"
    device: Annotated[
        str,
        Setting(
            "Device",
            "Where the model is trained: CUDA (NVIDIA, and AMD with ROCm), MPS (Apple) or the CPU; auto takes the faster "
            "of card and CPU for this model.",
            choices=DEVICES,
        ),
    ] = "auto"

    @property
    def chosen_by_test(self) -> bool:
        """Say whether the test images chose the weights."""
        return self.patience > 0 and not self.held_out

    def __post_init__(self) -> None:
        validate(self)
        if self.em_from > self.em_until:
            raise UserError("Exact EM ends before it begins: set “until” to more than “from”.")
        if self.blend_from < self.em_until:
            raise UserError("The blend begins before exact EM has ended: set “blend from” to more.")
        if self.em_until and self.patience:
            raise UserError(
                "Patience compares −ELBOs, which exact EM has none of: set patience to 0, or leave exact EM out."
            )


@dataclass(frozen=True, slots=True)
class LiveHyperparameters:
    """The hyperparameters that may change while a run goes on."""

    beta: float
    learning_rate: float

    def after(self, change: "HyperparameterChange") -> "LiveHyperparameters":
        """Return the values after a change; one of EPOCHS or of the OPTIMIZER leaves them as they are."""
        if change.name in (EPOCHS, OPTIMIZER):
            return self
        return dataclasses.replace(self, **{change.name: change.value})


EPOCHS, OPTIMIZER = "epochs", "optimizer"
MAX_STEPS = 10**10  # more than the settings allow: 10 000 epochs over 200 000 images, one by one


@dataclass(frozen=True, slots=True)
class HyperparameterChange:
    """A change of `name` to `value`, which holds from `step` on.

    name: a live hyperparameter, EPOCHS where a run was made longer, or OPTIMIZER, with the value 0, where the
    optimizer began anew.
    """

    step: int
    name: str
    value: float


@dataclass(frozen=True, slots=True)
class RunConfig:
    """One run: its recipe's name, its data set, its model, its training, and the changes to replay.

    random_streams: the version of its random numbers, with which it repeats.
    """

    preset: str
    dataset: str
    model: ModelConfig
    train: TrainConfig
    changes: tuple[HyperparameterChange, ...] = ()
    random_streams: int = NEWEST

    def train_at(self, step: int) -> TrainConfig:
        """The training with the length that the run has at `step`, from which its schedule follows."""
        lengths = [c.value for c in self.changes if c.name == EPOCHS and c.step <= step]
        return dataclasses.replace(self.train, epochs=int(lengths[-1])) if lengths else self.train

    def longer(self, step: int, epochs: int) -> "RunConfig":
        """The same run, which at `step` gets another number of epochs."""
        dataclasses.replace(self.train, epochs=epochs)  # raises UserError outside the limits
        if epochs == self.train_at(step).epochs:
            return self
        past = tuple(change for change in self.changes if change.step <= step)
        return dataclasses.replace(
            self, changes=(*past, HyperparameterChange(step, EPOCHS, epochs))
        )
