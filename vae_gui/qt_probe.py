"""Starts Qt in a process of its own, which it may abort, and says which platform it took and how many fonts it has."""

import sys

ANSWER = "vae-gui-probe"


def main(_arguments: list[str]) -> int:
    from PySide6.QtGui import QFontDatabase
    from PySide6.QtWidgets import QApplication

    app = QApplication(["probe"])
    sys.stdout.write(f"{ANSWER} {app.platformName()} {len(QFontDatabase.families())}\n")
    return 0
