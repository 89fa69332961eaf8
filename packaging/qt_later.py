"""Runs in a bundle before the hooks of PyInstaller, one of which would load Qt.

On Windows torch could not be loaded after Qt.
That hook tells Qt where its plugins are, which the wheels of PySide6 do themselves.
"""

from _pyi_rth_utils import qt

qt.create_embedded_qt_conf = lambda *_: None
