"""P4, Q1, Q2, Q3: the shipped model's quality and sharpness, what 16 dimensions add, and exact EM on few images."""

import math
import time
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.common import DATA_FOLDER, Claim, mnist
from vae_gui.core.analysis.exact_posterior import likelihood_grid
from vae_gui.core.analysis.shared_quadrature import log_evidences_of
from vae_gui.core.datasets import DATASETS
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.storage import workspace as files
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.evaluation import evaluate
from vae_gui.core.vae.models.base import VAE, restore
from vae_gui.core.vae.presets import PRESETS
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot
from vae_gui.core.vae.trainer import Trainer
from vae_gui.resources import PRETRAINED, resources_dir

MAX_ELBO, MAX_EVIDENCE = 129.0, 122.0
AT_ONCE = 2500  # images that share a quadrature
SAMPLES = 10_000
BETTER_BY, EPOCHS_16 = 5.0, 4  # nats
GOOD = 100.0  # nats


@dataclass(frozen=True, slots=True)
class Sharpness:
    """The sharpness of decoded samples of the prior.

    entropy: nats a pixel. recognised: mean confidence of a classifier.
    """

    entropy: float
    recognised: float

    def __str__(self) -> str:
        return (
            f"{1000 * self.entropy:.1f} mnat a pixel, recognised with {100 * self.recognised:.1f} %"
        )


def exact_evidence(snapshot: Snapshot, images: NDArray[np.uint8]) -> float:
    """−log p(x) of images (n, side, side), by the quadrature of the panel Gap; mean in nats."""
    grid = finish(likelihood_grid(snapshot))
    parts = (images[start : start + AT_ONCE] for start in range(0, len(images), AT_ONCE))
    return -float(np.concatenate([finish(log_evidences_of(grid, part)) for part in parts]).mean())


def sharpness(model: VAE, classifier: nn.Module) -> Sharpness:
    z = torch.randn(SAMPLES, model.config.latent_dim, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        logits = model.decode(z)
        entropy = functional.binary_cross_entropy_with_logits(logits, logits.sigmoid())
        confidence = classifier(logits.sigmoid().flatten(1)).softmax(1).max(1).values
    return Sharpness(float(entropy), float(confidence.mean()))


def digit_classifier(data: ImageData) -> tuple[nn.Module, float]:
    """A perceptron that learns the real digits, and its accuracy on the test images."""
    torch.manual_seed(0)
    classifier = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    optimizer = torch.optim.Adam(classifier.parameters(), 1e-3)
    x, labels = floats(data.train.images), torch.tensor(data.train.labels).long()
    for _ in range(5):
        for batch in torch.randperm(len(x)).split(128):
            loss = functional.cross_entropy(classifier(x[batch]), labels[batch])
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
    with torch.no_grad():
        guessed = classifier(floats(data.test.images)).argmax(1).numpy()
    return classifier, float(np.mean(guessed == data.test.labels))


def floats(images: np.ndarray) -> Tensor:
    return torch.tensor(images).flatten(1).float() / 255


def trained(preset: str, data: ImageData, epochs: int, seconds: float = math.inf) -> Trainer:
    """Train for so many epochs, or for so many seconds where those are over first."""
    recipe = PRESETS[preset]
    train = replace(recipe.train, epochs=epochs, min_steps=0, device="cpu")
    train = replace(train, threads=torch.get_num_threads())
    trainer = Trainer(RunConfig(preset, "mnist", recipe.model, train), data, "benchmark")
    end = time.perf_counter() + seconds
    while not trainer.finished and time.perf_counter() < end:
        trainer.step()
    return trainer


def negative_elbo(checkpoint: Checkpoint, data: ImageData) -> float:
    result = finish(evaluate(checkpoint.config, checkpoint.snapshot, data, samples=0))
    assert result.elbo is not None
    return -result.elbo


def run() -> list[Claim]:
    """All claims of this file."""
    data = mnist()
    shipped = files.load(resources_dir() / PRETRAINED).checkpoint
    s3 = trained("s3-mlp", data, 30).checkpoint()
    return [
        *_shipped(shipped, s3, data),
        _sharpness(shipped, s3, data),
        _sixteen_dimensions(data),
        _few_images(),
    ]


def _shipped(shipped: Checkpoint, s3: Checkpoint, data: ImageData) -> list[Claim]:
    elbo, reference = (negative_elbo(checkpoint, data) for checkpoint in (shipped, s3))
    evidence, evidence_s3 = (
        exact_evidence(checkpoint.snapshot, data.test.images) for checkpoint in (shipped, s3)
    )
    return [
        Claim(
            "P4",
            "the shipped model, −ELBO of the 10 000 test images",
            f"{elbo:.2f} nats",
            f"S3 after 30 epochs: {reference:.2f} nats",
            elbo / reference,
            f"≤ {MAX_ELBO:g} nats",
            elbo <= MAX_ELBO,
        ),
        Claim(
            "P4",
            "the same, exact −log p(x)",
            f"{evidence:.2f} nats",
            f"S3: {evidence_s3:.2f} nats",
            evidence / evidence_s3,
            f"≤ {MAX_EVIDENCE:g} nats",
            evidence <= MAX_EVIDENCE,
        ),
    ]


def _sharpness(shipped: Checkpoint, s3: Checkpoint, data: ImageData) -> Claim:
    classifier, accuracy = digit_classifier(data)
    ours, theirs = (
        sharpness(restore(checkpoint.snapshot), classifier) for checkpoint in (shipped, s3)
    )
    return Claim(
        "Q1",
        f"sharpness of {SAMPLES:,} samples of the prior; the classifier knows {100 * accuracy:.1f} % of the test images",
        str(ours),
        f"S3 after 30 epochs: {theirs}",
        ours.entropy / theirs.entropy,
        "sharper than S3",
        ours.entropy < theirs.entropy and ours.recognised > theirs.recognised,
    )


def _sixteen_dimensions(data: ImageData) -> Claim:
    """Both get the same time."""
    began = time.perf_counter()
    ours = trained("recommended-16", data, EPOCHS_16)
    spent = time.perf_counter() - began
    theirs = trained("s4-mlp", data, 1000, seconds=spent)
    elbo, reference = (negative_elbo(trainer.checkpoint(), data) for trainer in (ours, theirs))
    return Claim(
        "Q2",
        f"recommended-16, {EPOCHS_16} epochs in {spent:.0f} s: −ELBO of the test images",
        f"{elbo:.2f} nats",
        f"s4-mlp in the same time, {theirs.epoch} epochs: {reference:.2f} nats",
        elbo / reference,
        f"better by {BETTER_BY:g} nats",
        reference - elbo >= BETTER_BY,
    )


def _few_images() -> Claim:
    """Time to GOOD nats on `digits`, of which there are 1 437 to train on."""
    data = finish(DATASETS["digits"].load(DATA_FOLDER, False))
    (by_em, em_steps), (without, steps) = (
        _until_good(preset, data) for preset in ("sharp-2d", "recommended")
    )
    return Claim(
        "Q3",
        f"digits: time to {GOOD:g} nats of the test images, sharp-2d",
        f"{by_em:.1f} s, {em_steps} steps",
        f"recommended: {without:.1f} s, {steps} steps",
        by_em / without,
        "≤ 0.5",
        by_em <= 0.5 * without,
    )


def _until_good(preset: str, data: ImageData) -> tuple[float, int]:
    """Seconds of training alone, and steps; looks every 50."""
    recipe = PRESETS[preset]
    train = replace(recipe.train, threads=torch.get_num_threads(), device="cpu")
    trainer = Trainer(RunConfig(preset, "digits", recipe.model, train), data, "benchmark")
    spent, loss = 0.0, math.inf
    while loss > GOOD and not trainer.finished:
        began = time.perf_counter()
        for _ in range(50):
            trainer.step()
        spent += time.perf_counter() - began
        loss = negative_elbo(trainer.checkpoint(), data)
    return spent, trainer.steps_done
