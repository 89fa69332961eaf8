"""The settings of a run as the head of its script: those that the script reads, and a refusal of what it cannot do."""

from collections.abc import Collection

from vae_gui.core.sharing.script.sources import settings_read
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.settings import settings_of
from vae_gui.core.vae.config import EPOCHS, ModelConfig, RunConfig, TrainConfig

# What a script may leave out where it reads it nowhere: a setting that is off, or that changes no loss on a CPU.
OFF = {
    "optimizer": None,  # its name stands in the loop
    "device": None,
    "schedule": "constant",
    "beta": None,  # of an autoencoder, which has no KL
    "warmup_epochs": 0.0,
    "em_from": 0.0,
    "em_until": 0.0,
    "blend_from": None,  # where there is no exact EM
    "input_noise": 0.0,
    "patience": 0,
    "held_out": 0.0,
    "precision": "float32",
}


def check_repeatable(config: RunConfig) -> None:
    """Raise UserError for a run whose length the script does not know."""
    if any(change.name == EPOCHS for change in config.changes):
        raise UserError(
            "A script has one length: it can be written of runs that were not extended."
        )


def settings_section(config: RunConfig, body: str) -> str:
    """Return two classes with the values that `body` reads; raises UserError where it leaves out one that matters."""
    read = settings_read(body)
    _check_all_are_known(config.train, read)
    model = _class(ModelConfig, "How the network is built.", config.model, read)
    train = _class(TrainConfig, "How the network is trained.", config.train, read)
    return f"{model}\n\n\n{train}\n\n\nMODEL, TRAIN = ModelConfig(), TrainConfig()"


def _check_all_are_known(train: TrainConfig, read: Collection[str]) -> None:
    for item in settings_of(TrainConfig):
        is_off = item.name in OFF and OFF[item.name] in (None, getattr(train, item.name))
        # The schedule reads how many images are held out, but the script's data set holds none out.
        is_read = item.name in read and item.name != "held_out"
        if not is_read and not is_off:
            raise UserError(
                f"A script does not know “{item.setting.label}”: it can be written of runs without it."
            )


def _class(kind: type, says: str, config: object, read: Collection[str]) -> str:
    fields = [
        f"    {item.name}: {item.kind.__name__} = {getattr(config, item.name)!r}"
        for item in settings_of(kind)
        if item.name in read
    ]
    return "\n".join(
        ("@dataclass(frozen=True)", f"class {kind.__name__}:", f'    """{says}"""', "", *fields)
    )
