"""Learning rate and β as pure functions of the step, so that a run resumes from its step number alone."""

import math
from dataclasses import dataclass

from vae_gui.core.vae.config import TrainConfig

RISE = 0.15  # share of a one-cycle run in which the learning rate rises
# The peak of the learning rate after exact EM, so that what it found stays, and in the blend; relative to before.
AFTER_EM, BLENDED = 0.4, 0.08
START, END = 1 / 25, 1e-3  # learning rate at the first and the last step, relative to the peak


def run_steps(config: TrainConfig, train_images: int) -> int:
    """Return the length of a run: the larger of its epochs and its least steps."""
    return max(config.epochs * steps_per_epoch(config, train_images), config.min_steps)


def steps_per_epoch(config: TrainConfig, train_images: int) -> int:
    """The last batch of an epoch may be smaller; no image is left out."""
    return math.ceil(trained_images(config, train_images) / config.batch_size)


def trained_images(config: TrainConfig, train_images: int) -> int:
    """Return how many training images a run learns from: all but those that it holds out (none, or at least one)."""
    held_out = max(1, round(config.held_out * train_images)) if config.held_out else 0
    return max(1, train_images - held_out)


def steps_decide(config: TrainConfig, train_images: int) -> bool:
    """Say whether a run is longer than its epochs, because its least steps ask for more."""
    return config.min_steps > config.epochs * steps_per_epoch(config, train_images)


def run_epochs(config: TrainConfig, train_images: int) -> int:
    """Passes over the training images in a run, the last of which its least steps may cut."""
    return -(-run_steps(config, train_images) // steps_per_epoch(config, train_images))


def place(config: TrainConfig, step: int, train_images: int) -> str:
    """Say where a run stands after `step` steps: in epochs, or in steps where those set its length."""
    if steps_decide(config, train_images):
        return f"step {step}/{config.min_steps}"
    epoch = step // steps_per_epoch(config, train_images) + 1
    return f"epoch {min(config.epochs, epoch)}/{config.epochs}"


@dataclass(frozen=True, slots=True)
class Phases:
    """The parts of a run with exact EM, by step; both empty without. em: z is of p(z|x). blend: of it and of q(z|x)."""

    em: range = range(0)
    blend: range = range(0)

    def at(self, step: int, total: int) -> tuple[range, float]:
        """The part that a step is in, and the peak of its learning rate relative to that of the run."""
        ends = [0, self.em.start, self.em.stop, self.blend.start, self.blend.stop, total]
        peaks = (1.0, 1.0, AFTER_EM, BLENDED, AFTER_EM)
        if self.em:
            for start, stop, peak in zip(ends, ends[1:], peaks, strict=False):
                if start <= step < stop:
                    return range(start, stop), peak
        return range(total), 1.0


def phases(config: TrainConfig, train_images: int) -> Phases:
    """Return the phases for the length that a run began with: one that is made longer keeps them."""
    total = run_steps(config, train_images)
    em = range(round(config.em_from * total), round(config.em_until * total))
    if not em:
        return Phases()
    return Phases(em, range(round(config.blend_from * total), total))


def learning_rate_factor(config: TrainConfig, parts: Phases, step: int, total: int) -> float:
    """Return the factor of the learning rate at `step` of `total`; each part has its own cycle."""
    part, peak = parts.at(step, total)
    return peak * cycle(config, step - part.start, len(part))


def cycle(config: TrainConfig, step: int, total: int) -> float:
    """Smith & Topin 2018 for one-cycle."""
    if config.schedule == "constant":
        return 1.0
    rise = max(1, int(RISE * total))
    if step < rise:
        return _cosine(START, 1.0, step / rise)
    return _cosine(1.0, END, min(1.0, (step - rise) / max(1, total - rise)))


def beta_factor(config: TrainConfig, step: int, per_epoch: int) -> float:
    """KL warm-up: from 0 to 1 in a straight line over `warmup_epochs` (Bowman et al. 2016)."""
    warmup_steps = config.warmup_epochs * per_epoch
    return 1.0 if step >= warmup_steps else step / warmup_steps


def _cosine(start: float, end: float, fraction: float) -> float:
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * fraction))
