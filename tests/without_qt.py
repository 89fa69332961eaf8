"""A pytest plugin that makes Qt unimportable, as on a machine where it was never installed."""

import sys
from importlib.abc import MetaPathFinder

import pytest

QT_PLUGIN = "pytest-qt"
QT_PLUGIN_INI = ("qt_api", "qt_log_level_fail", "qt_log_ignore")


class _NoQt(MetaPathFinder):
    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] in ("PySide6", "shiboken6", "pyqtgraph"):
            raise ModuleNotFoundError(f"No module named {name!r} (blocked)", name=name)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """pytest-qt imports Qt as soon as it is loaded; its settings stay known, so that none is a mistake."""
    pluginmanager.set_blocked(QT_PLUGIN)
    for name in QT_PLUGIN_INI:
        parser.addini(name, f"of {QT_PLUGIN}")


sys.meta_path.insert(0, _NoQt())
