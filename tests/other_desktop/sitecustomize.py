"""On PYTHONPATH, where Python finds it at its start: the boxes of another system, which DESKTOP names, and its order of imports.

What Windows is asked for is noted in the file that NOTED names; macOS is asked by a program on the PATH.
"""

import ctypes
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

from vae_gui import desktop
from vae_gui.core.support import imports


def note(*given):
    with Path(os.environ["NOTED"]).open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(given)}\n")


SYSTEM = os.environ["DESKTOP"]
desktop.BOXES[sys.platform] = desktop.BOXES[SYSTEM]
if SYSTEM == "win32":
    ctypes.windll = SimpleNamespace(user32=SimpleNamespace(MessageBoxW=note))
    imports.QT_SPOILS_TORCH = True
    sys.frozen = True  # an app that lies in a folder of its own
