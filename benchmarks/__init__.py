"""Measured claims, each beside the thing it is compared with, in one run."""

from vae_gui.core.support.imports import load_torch_before_qt

load_torch_before_qt()
