"""The devices of this machine that can train: CUDA, MPS and the CPU; and torch's number of threads."""

import logging
import os
from dataclasses import dataclass

import torch

from vae_gui.core.support.child import NO_CARD
from vae_gui.core.support.errors import cause
from vae_gui.core.vae.device_errors import DeviceError

log = logging.getLogger(__name__)
# What torch says where there is no card at all, of which nobody has to be told.
_NO_CARD_THERE = (
    "found no nvidia driver",
    "no cuda gpus are available",
    "no hip gpus are available",
    "not compiled with cuda",
)


@dataclass(frozen=True, slots=True)
class Devices:
    """The kinds of device that can train here, best first; the CPU is always among them.

    unused: for each kind that is there and cannot be used, torch's reason.
    """

    kinds: tuple[str, ...]
    unused: tuple[tuple[str, str], ...] = ()

    @property
    def best(self) -> str:
        return self.kinds[0]

    def reason(self, kind: str) -> str:
        """Return why a kind of device cannot be used; "" where it can be, or is not there."""
        return dict(self.unused).get(kind, "")


def find_devices() -> Devices:
    """Try a small computation on each device that torch knows; a card on which none runs is not used."""
    kinds, unused = [], []
    for kind in () if _cards_are_hidden() else ("cuda", "mps"):
        try:
            if _is_there(kind):
                (torch.ones(1, device=kind) + 1).tolist()
                kinds.append(kind)
        except Exception as error:  # torch and drivers raise whatever they like
            log.info("no model can be trained on %s", kind, exc_info=error)
            unused.append((kind, cause(error)))
    return Devices((*kinds, "cpu"), tuple(unused))


def choose_device(wanted: str) -> torch.device:
    """Return the device of that kind; for `auto` the first that works. For the CPU no other device is asked.

    Raises DeviceError where it cannot be used.
    """
    if wanted == "cpu":
        return torch.device(wanted)
    devices = find_devices()
    if wanted == "auto":
        return torch.device(devices.best)
    if wanted not in devices.kinds:
        reason = devices.reason(wanted)
        why = f"cannot be used ({reason})" if reason else "is not there"
        raise DeviceError(f"The {wanted.upper()} device {why}: train on the CPU.", 0, cpu=True)
    return torch.device(wanted)


def card_count() -> int:
    """Count the cards that torch sees, without waking one."""
    if _cards_are_hidden():
        return 0
    return torch.cuda.device_count() or int(torch.backends.mps.is_available())


def device_name(kind: str) -> str:
    """Return the name of a card that is used, else the kind."""
    return torch.cuda.get_device_name() if kind == "cuda" else kind


def devices_in_words() -> str:
    """Say which devices can train, with the name of the card, or why this build of torch uses none."""
    devices = find_devices()
    build = f"CUDA {torch.version.cuda}" if torch.version.cuda else "no CUDA"
    if torch.version.hip:
        build = f"ROCm {torch.version.hip}"
    return f"{', '.join(devices.kinds)}; {_card(devices)}; torch is built for {build}"


def use_threads(count: int) -> None:
    """Set torch's thread count for work on the calling thread.

    torch 2.14 overwrites the count at a thread's first operation, hence the read before the write.
    """
    torch.get_num_threads()
    torch.set_num_threads(count)


def _cards_are_hidden() -> bool:
    """Say whether somebody has hidden all cards, as NO_CARD does; torch hides MPS for no variable."""
    return all(os.environ.get(name) == value for name, value in NO_CARD.items())


def _is_there(kind: str) -> bool:
    """Say whether torch sees such a device; raises where there is one that torch cannot use."""
    if kind == "mps":
        return torch.backends.mps.is_available()
    if torch.cuda.is_available():
        return True
    try:
        torch.cuda.init()  # type: ignore[no-untyped-call]  # says why it is not available
    except (AssertionError, RuntimeError) as error:  # which of them depends on the build
        if not any(words in str(error).lower() for words in _NO_CARD_THERE):
            raise
    return False


def _card(devices: Devices) -> str:
    if "cuda" in devices.kinds:
        major, minor = torch.cuda.get_device_capability()
        return f"{device_name('cuda')}, compute capability {major}.{minor}"
    reasons = [f"{kind.upper()} is not used: {reason}" for kind, reason in devices.unused]
    return "; ".join(reasons) or "no card is there"
