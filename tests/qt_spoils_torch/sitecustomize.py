"""On PYTHONPATH, where Python finds it at its start: torch refuses to load once Qt is there, as it does on Windows.

The app is told that it is so here; whoever was refused leaves a line in the file that REFUSED names.
"""

import importlib.abc
import os
import sys
from pathlib import Path

from vae_gui.core.support import imports

imports.QT_SPOILS_TORCH = True


class RefusingFinder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "torch" and "PySide6.QtCore" in sys.modules:
            with Path(os.environ["REFUSED"]).open("a") as file:
                file.write(f"{sys.argv}\n")
            raise OSError("[WinError 1114] A dynamic link library (DLL) initialization failed.")


sys.meta_path.insert(0, RefusingFinder())
