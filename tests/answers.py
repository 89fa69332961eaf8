"""What is asked of the model that is shown, as a test sees it from outside."""

import numpy as np

from vae_gui.core.inference.requests import MAX_BATCH, Decode
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer


def wait_for_answers(qtbot, context: Context) -> None:
    """Until all that has been asked is answered: what is long is answered in the order in which it was asked."""
    replies: list[object] = []
    last = Decode.of(np.zeros((MAX_BATCH + 1, context.explorer.latent_dim)))
    context.explorer.questions.ask_once("last", last, replies.append)
    qtbot.waitUntil(lambda: replies != [])


def standing_questions(qtbot, context: Context) -> set[str]:
    """The channels that are answered again when the weights change."""
    explorer, channels = context.explorer, set()

    def take(answer: Answer[object]) -> None:
        channels.add(answer.channel)

    wait_for_answers(qtbot, context)
    explorer.questions.answered.connect(take)
    explorer.questions.use(explorer.weights.snapshot)
    wait_for_answers(qtbot, context)
    explorer.questions.answered.disconnect(take)
    return channels
