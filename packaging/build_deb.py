"""Packs the built folder as a Debian package: `python packaging/build_deb.py` after `make package`.

The app goes to /opt, its entry in the menu, its icons and the type of its files where a desktop looks for them.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from icons import SIZES
from identity import APP_ID, BUILD, COMMAND, NAME, VERSION

HERE = Path(__file__).parent
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}
sys.path.insert(0, str(HERE.parent))

from vae_gui.cli.system_libraries import FONTS, needed  # noqa: E402

CONTROL = f"""Package: {NAME}
Version: {VERSION}
Architecture: {{architecture}}
Maintainer: The VAE explorer authors <noreply@localhost>
Section: science
Priority: optional
Depends: {", ".join(dict.fromkeys((*needed("xcb").values(), FONTS)))}
Description: Train a variational autoencoder and feel its latent space
 Drag on a plane and watch a digit follow; press Train and see the plane come
 into being, with every panel answering while the model learns.
"""


def tree(root: Path, folder: Path, architecture: str) -> None:
    """The files of the package under `root`."""
    shutil.copytree(folder, root / "opt" / NAME, symlinks=True)
    programs = root / "usr" / "bin"
    programs.mkdir(parents=True)
    for name in (NAME, COMMAND):
        (programs / name).symlink_to(f"/opt/{NAME}/{NAME}")
    share = root / "usr" / "share"
    for place, suffix in (("applications", "desktop"), ("metainfo", "metainfo.xml")):
        (share / place).mkdir(parents=True)
        shutil.copy(HERE / "linux" / f"{APP_ID}.{suffix}", share / place)
    (share / "mime" / "packages").mkdir(parents=True)
    shutil.copy(HERE / "linux" / f"{APP_ID}.xml", share / "mime" / "packages")
    for size in SIZES:
        icons = share / "icons" / "hicolor" / f"{size}x{size}" / "apps"
        icons.mkdir(parents=True)
        shutil.copy(BUILD / "icons" / f"{size}.png", icons / f"{APP_ID}.png")
    scalable = share / "icons" / "hicolor" / "scalable" / "apps"
    scalable.mkdir(parents=True)
    shutil.copy(HERE.parent / "resources" / "icons" / "app.svg", scalable / f"{APP_ID}.svg")
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN" / "control").write_text(
        CONTROL.format(architecture=architecture), encoding="utf-8"
    )


def main() -> None:
    machine = subprocess.run(
        ["uname", "-m"], capture_output=True, text=True, check=True
    ).stdout.strip()
    architecture = ARCHITECTURE[machine]
    root, package = BUILD / "deb", BUILD / "dist" / f"{NAME}_{VERSION}_{architecture}.deb"
    shutil.rmtree(root, ignore_errors=True)
    tree(root, BUILD / "dist" / NAME, architecture)
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", "-z1", "--build", root, package], check=True
    )
    shutil.rmtree(root)
    print(f"{package.name}: {package.stat().st_size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
