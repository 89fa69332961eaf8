"""Packs the built folder as an installer for Windows.

Use: `python packaging/windows/build_installer.py` after `make package`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from identity import NAME, VERSION

SCRIPT = Path(__file__).with_name(f"{NAME}.iss")


def compiler() -> str:
    """Return the program of Inno Setup, which its own installer does not put on the PATH."""
    usual = Path(os.environ.get("PROGRAMFILES(X86)", "")) / "Inno Setup 6" / "ISCC.exe"
    found = shutil.which("iscc") or (str(usual) if usual.exists() else None)
    if found is None:
        sys.exit("Inno Setup is not installed: get version 6.3 or newer from jrsoftware.org.")
    return found


def main() -> None:
    # Without a shell: one of MSYS would take /DVersion for a path.
    subprocess.run([compiler(), f"/DVersion={VERSION}", SCRIPT], check=True)


if __name__ == "__main__":
    main()
