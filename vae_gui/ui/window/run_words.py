"""How far a run is, in words."""

import math

from vae_gui.core.vae import schedule
from vae_gui.core.vae.held_out import IMAGES, measured_on
from vae_gui.core.vae.loss_terms import loss_text, only_term, unit
from vae_gui.runtime.training import Phase, RunInfo, Training
from vae_gui.ui.style.numbers import grouped

RECENT_STEPS = 20  # whose mean loss is told


def progress_text(training: Training) -> str:
    """In a line."""
    run, phase = training.run, training.phase
    if run is None:
        return "Ready to train"
    if not run.total_steps:
        return "Building the model…" if phase is not Phase.IDLE else "Ready to train"
    done = training.steps_done
    if done == 0 and phase is Phase.RUNNING:
        images = IMAGES[measured_on(run.config.train)]
        return f"Measuring {grouped(run.test_images)} {images}…"
    where = place_text(training, run)
    if phase is Phase.IDLE:
        return f"Finished · {grouped(done)} steps" if run.finished else f"Stopped · {where}"
    if phase is Phase.RUNNING and math.isfinite(training.seconds_left):
        loss = f"{only_term(run.config.model) or 'loss'} {_recent_losses(training)[0]:.1f}"
        return f"{where} · {loss} · {duration_text(training.seconds_left)} left"
    return f"{where} · {phase.value}"


def place_text(training: Training, run: RunInfo) -> str:
    """Epoch or step, and percent."""
    done = training.steps_done
    place = schedule.place(run.config.train_at(done), done, run.train_images)
    return f"{place} · {100 * done / max(1, run.total_steps):.0f} %"


def details_text(training: Training) -> str:
    """Images and losses so far; empty before the first step."""
    run, done = training.run, training.steps_done
    if run is None or not run.total_steps or not done:
        return ""
    seen, total = (grouped(_images(run, steps)) for steps in (done, run.total_steps))
    model = run.config.model
    losses = loss_text(model, *_recent_losses(training))
    return f"{seen} of {total} images · last {RECENT_STEPS} steps: {losses} {unit(model)}"


def duration_text(seconds: float) -> str:
    """Seconds as people say them."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def _recent_losses(training: Training) -> tuple[float, float, float]:
    """Means of loss, reconstruction and KL."""
    loss, reconstruction, kl = training.history.steps.rows()[-RECENT_STEPS:, 1:].mean(axis=0)
    return float(loss), float(reconstruction), float(kl)


def _images(run: RunInfo, steps: int) -> int:
    """That so many steps have trained on; the last batch of an epoch may be smaller."""
    epochs, batches = divmod(steps, run.steps_per_epoch)
    batch = run.config.train.batch_size
    return epochs * run.train_images + min(batches * batch, run.train_images)
