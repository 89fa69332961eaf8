"""Tests of all layers, mirroring `vae_gui`; some of their processes load torch and Qt."""

from vae_gui.core.support.imports import load_torch_before_qt

load_torch_before_qt()
