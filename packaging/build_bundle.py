"""Builds the folder that starts without Python, and uses it where no Python is: `make package`.

    python packaging/build_bundle.py

The app that was built checks itself, trains an epoch on the digits, exports a GIF, and shares a page and a script;
then `drive.py`, which lies in it for as long as that takes, has it download in a process of its own, drag on the pad,
train and close.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from identity import BUILD, COMMAND, NAME

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from vae_gui.core.support import child  # noqa: E402

DRIVER = HERE / "drive.py"
SECONDS = 600
TRAIN = ("train", "--preset", "s3-mlp", "--dataset", "digits", "--epochs", 1)
# The program that opens the window, and the one that a terminal waits for.
WINDOW, TERMINAL = (f"{NAME}.exe", f"{COMMAND}.exe") if sys.platform == "win32" else (NAME, NAME)
PARTS_SHOWN = 12


def build() -> Path:
    """The folder with the app."""
    subprocess.run([sys.executable, HERE / "icons.py"], check=True)
    if sys.platform == "win32":
        subprocess.run([sys.executable, HERE / "windows" / "version_resource.py"], check=True)
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    places = ["--distpath", BUILD / "dist", "--workpath", BUILD / "pyinstaller"]
    spec = HERE / f"{NAME}.spec"
    subprocess.run([*command, *places, spec], check=True)
    folder = BUILD / "dist" / NAME
    strip(folder)
    return folder


def strip(folder: Path) -> None:
    """Take the symbols out of the libraries of torch and Python; those that wheels have patched would break."""
    if sys.platform == "linux" and shutil.which("strip"):
        inside = folder / "_internal"
        found = [*(inside / "torch").rglob("*.so*"), *inside.glob("libpython*.so*")]
        libraries = [path for path in found if not path.is_symlink()]
        subprocess.run(["strip", "--strip-unneeded", *libraries], check=True)


def without_python(home: Path) -> dict[str, str]:
    """An environment in which only the bundle can be found."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMP") if name in os.environ}
    homes = {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "DATA", "CACHE")}
    homes |= dict.fromkeys(("USERPROFILE", "APPDATA", "LOCALAPPDATA"), str(home))
    place = {"HOME": str(home), "PATH": "/usr/bin:/bin", "QT_QPA_PLATFORM": "offscreen"}
    return kept | homes | place


def use(folder: Path) -> None:
    """Ends this program where anything fails."""
    with tempfile.TemporaryDirectory() as name:
        away = Path(name)

        def run(*arguments: object, program: str = TERMINAL) -> float:
            started = time.monotonic()
            done = subprocess.run(
                [str(folder / program), *map(str, arguments)],
                cwd=away,
                env=without_python(away),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=SECONDS,
            )
            if done.returncode:
                sys.exit(f"{program} {arguments} ended with {done.returncode}:\n{done.stdout}")
            return time.monotonic() - started

        print(f"start: {run('--version'):.1f} s the first time, {run('--version'):.1f} s again")
        run("self-check")
        model = away / "run.vae"
        run(*TRAIN, "--out", model)
        for kind, suffix in (("strip", "gif"), ("web-page", "html"), ("script", "py")):
            out = away / f"out.{suffix}"
            run("export", kind, model, "--out", out)
            if not out.stat().st_size:
                sys.exit(f"{out.name} is empty")
        with driver_in(folder) as driver:
            seconds = run(child.FLAG, driver, program=WINDOW)
        print(f"the window opened, was used and closed in {seconds:.1f} s")


@contextmanager
def driver_in(folder: Path) -> Iterator[str]:
    """Put `drive.py` where the app finds modules; gives its name. What is shipped does not have it."""
    driver = folder / "_internal" / DRIVER.name
    shutil.copy(DRIVER, driver)
    try:
        yield driver.stem
    finally:
        driver.unlink()


def sizes(folder: Path) -> Iterator[str]:
    """Say how large the whole is, and which parts are largest."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    parts: dict[str, int] = {}
    for path in files:
        inside = path.relative_to(folder).parts
        part = inside[1] if len(inside) > 2 else inside[-1]
        parts[part] = parts.get(part, 0) + path.stat().st_size
    cuda = sum(path.stat().st_size for path in files if is_of_cuda(path))
    whole = sum(parts.values())
    yield f"{whole / 1e6:,.0f} MB in {len(files):,} files; {(whole - cuda) / 1e6:,.0f} MB without CUDA"
    for part in sorted(parts, key=parts.__getitem__, reverse=True)[:PARTS_SHOWN]:
        yield f"{parts[part] / 1e6:8,.0f} MB  {part}"


def is_of_cuda(path: Path) -> bool:
    """Say whether a file belongs to CUDA, and is missing from the CPU build of torch."""
    return bool({"nvidia", "cuda"} & set(path.parts)) or any(
        word in path.name for word in ("_cuda", "nvshmem", "nvrtc")
    )


def packed(folder: Path) -> Path:
    """The folder in one file."""
    path = folder.with_name(f"{folder.name}.tar.xz")
    with tarfile.open(path, "w:xz") as archive:
        archive.add(folder, folder.name)
    return path


def main() -> None:
    folder = build()
    use(folder)
    print("\n".join(sizes(folder)))
    if "--pack" in sys.argv:
        print(f"{packed(folder).stat().st_size / 1e6:,.0f} MB packed")
    shutil.rmtree(BUILD / "pyinstaller")


if __name__ == "__main__":
    main()
