"""Writes what the properties of the program say on Windows, for PyInstaller, to build/version-resource.txt."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from identity import BUILD, NAME, TITLE, VERSION

NUMBERS = (*(int(part) for part in VERSION.split(".")), 0)
STRINGS = {
    "FileDescription": TITLE,
    "FileVersion": VERSION,
    "InternalName": NAME,
    "LegalCopyright": "The VAE explorer authors, MIT licence",
    "OriginalFilename": f"{NAME}.exe",
    "ProductName": TITLE,
    "ProductVersion": VERSION,
}


def main() -> None:
    strings = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in STRINGS.items())
    BUILD.mkdir(exist_ok=True)
    (BUILD / "version-resource.txt").write_text(
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={NUMBERS}, prodvers={NUMBERS}), kids=["
        f"StringFileInfo([StringTable('040904B0', [{strings}])]), "
        "VarFileInfo([VarStruct('Translation', [1033, 1200])])])",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
