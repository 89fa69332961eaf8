"""Makes the icons that a system wants of the one drawing: PNG in all sizes, ICO and ICNS, in build/icons."""

import sys

from identity import BUILD, NAME
from PIL import Image
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
DRAWING = BUILD.parent / "resources" / "icons" / "app.svg"


def main() -> None:
    app = QGuiApplication([sys.argv[0], "-platform", "offscreen"])
    renderer = QSvgRenderer(QByteArray(DRAWING.read_bytes()))
    folder = BUILD / "icons"
    folder.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        image.save(str(folder / f"{size}.png"))
    with Image.open(folder / "512.png") as largest:
        largest.save(folder / f"{NAME}.icns")
    with Image.open(folder / "256.png") as large:
        large.save(folder / f"{NAME}.ico", sizes=[(size, size) for size in SIZES if size <= 256])
    del app


if __name__ == "__main__":
    main()
