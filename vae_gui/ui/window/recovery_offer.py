"""The offer of an interrupted run, in the banner whenever no other message is there."""

from functools import partial

from PySide6.QtCore import QObject

from vae_gui.runtime.recovery import InterruptedRun, Recovery
from vae_gui.ui.window.banner import Banner, MessageKind


class RecoveryOffer(QObject):
    """Another message may take its place; it comes back after that."""

    def __init__(self, recovery: Recovery, banner: Banner) -> None:
        super().__init__(banner)
        self._recovery, self._banner = recovery, banner
        recovery.offered.connect(self._show)
        banner.closed.connect(self._show)

    def _show(self) -> None:
        offer, banner = self._recovery.offer, self._banner
        if offer is None or banner.text():
            return
        show = partial(banner.show_message, text=_text(offer), on_dismissed=self._recovery.postpone)
        if offer.workspace is None:
            show(MessageKind.WARNING, action_text="Discard", on_action=self._recovery.discard)
        else:
            show(
                MessageKind.INFO,
                action_text="Open it",
                on_action=self._recovery.open,
                other=("Discard", self._recovery.discard),
            )


def _text(offer: InterruptedRun) -> str:
    if offer.workspace is None:
        return f"A run was interrupted, and what was kept of it cannot be opened: {offer.problem}"
    step = offer.workspace.checkpoint.snapshot.step
    return f"A run was interrupted at step {step:,}: {offer.workspace.title}."
