"""Builds the wheel and the source distribution, and uses each where no checkout is.

    python packaging/try_wheel.py

Both are installed without their dependencies into a folder of their own, beside the libraries of the Python that
runs this. There the app checks itself, writes a picture from the command line, and opens its window: offscreen, and
on an X server of its own where xvfb-run is installed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DRIVE = Path(__file__).with_name("drive.py")
MAX_WHEEL_BYTES = 45_000_000
SECONDS = 300
# Qt platform -> the words before a command that give it a screen.
SCREENS = {"offscreen": [], "xcb": ["xvfb-run", "--auto-servernum"]}


def run(command: list[str | Path], cwd: Path, **environment: str) -> str:
    """Return what the command prints; end this program where it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def build(folder: Path) -> tuple[Path, Path]:
    """The wheel and the source distribution."""
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT], ROOT)
    (wheel,), (source,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, source


def try_it(artifact: Path, folder: Path) -> None:
    """Install it into `folder`/site and use it from an empty folder."""
    site, away = folder / "site", folder / "away"
    away.mkdir()
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    run([*pip, "--target", site, artifact], away)
    home = {f"XDG_{name}_HOME": str(folder / name) for name in ("CONFIG", "DATA", "CACHE")}
    where = {**home, "PYTHONPATH": str(site), "QT_QPA_PLATFORM": "offscreen"}
    found = run([sys.executable, "-c", "import vae_gui; print(vae_gui.__file__)"], away, **where)
    if not found.startswith(str(site)):
        sys.exit(f"the app was found in {found}, not in what was installed")
    for name in ("vae-gui", "vae-explorer"):
        if not (site / "bin" / name).exists():
            sys.exit(f"{name} was not installed")
    command = [sys.executable, "-m", "vae_gui"]
    run([*command, "self-check"], away, **where)
    model = site / "vae_gui" / "_resources" / "pretrained.vae"
    run([*command, "export", "strip", model, "--out", away / "strip.png"], away, **where)
    if not (away / "strip.png").stat().st_size:
        sys.exit("the picture is empty")
    for platform, screen in SCREENS.items():
        if screen and shutil.which(screen[0]) is None:
            print(f"{platform}: untried, {screen[0]} is not installed")
            continue
        here = where | {"QT_QPA_PLATFORM": platform}
        said = run([*screen, sys.executable, DRIVE], away, **here).splitlines()
        lines = [line for line in said if not line.startswith("This plugin does not")]
        print("\n".join(f"{platform}: {line}" for line in lines))


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel, source = build(folder / "dist")
        size = wheel.stat().st_size
        print(
            f"{wheel.name}: {size / 1e6:.1f} MB; {source.name}: {source.stat().st_size / 1e6:.1f} MB"
        )
        if size > MAX_WHEEL_BYTES:
            sys.exit(f"the wheel is larger than {MAX_WHEEL_BYTES / 1e6:.0f} MB")
        for artifact in (wheel, source):
            place = folder / artifact.suffix.strip(".")
            place.mkdir()
            try_it(artifact, place)
            shutil.rmtree(place)
            print(f"{artifact.name}: installed, checked, used")


if __name__ == "__main__":
    main()
