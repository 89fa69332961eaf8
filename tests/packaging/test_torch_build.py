"""Which build of torch `make` installs: with pip, from indexes of this machine that hold a tiny wheel named torch."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

LINES = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINNED = dict(line.split("==") for line in LINES if "==" in line)
TORCH, TORCHVISION = PINNED["torch"], PINNED["torchvision"]
pytestmark = [
    pytest.mark.skipif(
        not sys.platform.startswith("linux"), reason="torch has two builds on Linux"
    ),
    pytest.mark.skipif(importlib.util.find_spec("pip") is None, reason="needs pip"),
]


def put_wheel(folder: Path, name: str, version: str) -> None:
    """Write an empty wheel into the page that an index has of it."""
    page = folder / name
    page.mkdir(parents=True)
    about = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(page / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(
            f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        wheel.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{about}/RECORD", "")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of three indexes: the small builds, the ordinary ones, and one that has no build for us."""
    folder = tmp_path_factory.mktemp("indexes")
    for name, version in (("torch", TORCH), ("torchvision", TORCHVISION)):
        put_wheel(folder / "cpu", name, f"{version}+cpu")
        put_wheel(folder / "ordinary", name, version)
    (folder / "empty" / "torch").mkdir(parents=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that holds nothing but pip."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    pip = importlib.util.find_spec("pip")
    assert pip is not None and pip.origin is not None
    (site / "pip").symlink_to(Path(pip.origin).parent)
    return folder / "bin" / "python"


class Machine:
    """What `make` does about torch on a machine with or without a driver."""

    def __init__(self, bare: Path, ordinary: str, folder: Path) -> None:
        self.python, self.folder, self.stubs = bare, folder / "site", folder / "stubs"
        self.stubs.mkdir()
        self.has_driver(False)
        of_pip = {name: "" for name in os.environ if name.startswith("PIP_")}
        self.variables = os.environ | of_pip | {
            "PATH": f"{self.stubs}:{os.environ['PATH']}",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_INDEX_URL": f"{ordinary}/ordinary",
            "PIP_NO_CACHE_DIR": "1",
            "PIP_RETRIES": "0",
            "PIP_TARGET": str(self.folder),
            "PYTHONPATH": str(self.folder),
            "no_proxy": "127.0.0.1",
        }  # fmt: skip

    def has_driver(self, there: bool) -> None:
        stub = self.stubs / "nvidia-smi"
        stub.write_text(f"#!/bin/sh\nexit {0 if there else 9}\n", encoding="utf-8")
        stub.chmod(0o755)

    def make(self, index: str, build: str = "auto", library: str = "torch") -> tuple[str, str]:
        """Return what is said before the download, and the version that is there in the end."""
        variables = self.variables | {"TORCH": build, "CPU_INDEX": index}
        script = ["sh", REPOSITORY / "packaging" / "torch.sh", self.python, library]
        first = subprocess.run(script, env=variables, capture_output=True, text=True)
        assert first.returncode == 0, first.stderr
        rest = [self.python, "-m", "pip", "install", "--constraint", "constraints.txt", library]
        if not list(self.folder.glob(f"{library}-*")):
            subprocess.run(rest, env=variables, cwd=REPOSITORY, check=True, capture_output=True)
        (about,) = self.folder.glob(f"{library}-*.dist-info")
        return first.stdout, about.name.removesuffix(".dist-info").removeprefix(f"{library}-")


@pytest.fixture
def machine(bare: Path, server: str, tmp_path: Path) -> Machine:
    return Machine(bare, server, tmp_path)


@pytest.fixture
def slow() -> Iterator[str]:
    """An index that takes the request and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/cpu"


@pytest.fixture
def silent() -> str:
    """An index that nobody serves."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}/cpu"


def test_without_a_driver_the_small_build_comes_and_its_size_is_said(
    machine: Machine, server: str
) -> None:
    said, version = machine.make(f"{server}/cpu")
    assert version == f"{TORCH}+cpu"
    assert said.index("0.4 GB to download") < said.index("Downloading")


def test_with_a_driver_the_ordinary_build_comes_and_its_size_is_said(
    machine: Machine, server: str
) -> None:
    machine.has_driver(True)
    said, version = machine.make(f"{server}/cpu")
    assert version == TORCH and "NVIDIA" in said and "3.2 GB to download" in said


@pytest.mark.parametrize("index", ["silent", "slow"])
def test_an_index_that_does_not_answer_is_left_for_the_ordinary_one(
    machine: Machine, request: pytest.FixtureRequest, index: str
) -> None:
    said, version = machine.make(request.getfixturevalue(index))
    assert version == TORCH and "does not answer" in said and "3.2 GB to download" in said


def test_an_index_that_has_no_build_for_us_is_left_for_the_ordinary_one(
    machine: Machine, server: str
) -> None:
    said, version = machine.make(f"{server}/empty")
    assert version == TORCH and "did not bring it" in said


@pytest.mark.parametrize(("build", "driver", "version"), [
    ("cpu", True, f"{TORCH}+cpu"), ("cuda", False, TORCH), ("", False, f"{TORCH}+cpu"),
])  # fmt: skip
def test_the_choice_can_be_made_by_hand(
    machine: Machine, server: str, build: str, driver: bool, version: str
) -> None:
    machine.has_driver(driver)
    assert machine.make(f"{server}/cpu", build)[1] == version


def test_a_build_that_is_insisted_on_is_not_replaced(machine: Machine, server: str) -> None:
    variables = machine.variables | {"TORCH": "cpu", "CPU_INDEX": f"{server}/empty"}
    script = ["sh", REPOSITORY / "packaging" / "torch.sh", machine.python, "torch"]
    assert subprocess.run(script, env=variables, capture_output=True).returncode != 0
    variables["TORCH"] = "gpu"
    refused = subprocess.run(script, env=variables, capture_output=True, text=True)
    assert refused.returncode == 2 and "auto, cpu or cuda" in refused.stderr


@pytest.mark.parametrize("driver", [True, False], ids=["ordinary", "small"])
def test_torchvision_is_of_the_build_that_torch_is_of(
    machine: Machine, server: str, driver: bool
) -> None:
    """Another one does not load; it does not matter what the machine has by then."""
    machine.has_driver(driver)
    torch = machine.make(f"{server}/cpu")[1]
    machine.has_driver(not driver)
    vision = machine.make(f"{server}/cpu", library="torchvision")[1]
    assert vision == torch.replace(TORCH, TORCHVISION)


def test_what_is_there_is_left_alone(machine: Machine, server: str, silent: str) -> None:
    machine.make(f"{server}/cpu")
    assert machine.make(silent) == ("", f"{TORCH}+cpu")


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_make_chooses_the_build_before_it_installs_the_app() -> None:
    def recipe(target: str, *variables: str) -> list[str]:
        command = ["make", "--always-make", "--dry-run", target, *variables]
        bare = {
            name: value for name, value in os.environ.items() if name not in ("TORCH", "CPU_INDEX")
        }
        done = subprocess.run(
            command, cwd=REPOSITORY, env=bare, capture_output=True, text=True, check=True
        )
        return [
            line for line in done.stdout.splitlines() if "torch.sh" in line or "pip install" in line
        ]

    torch, app = recipe(".venv/app")
    assert 'TORCH="auto" CPU_INDEX="https://download.pytorch.org/whl/cpu"' in torch
    assert torch.endswith(" torch") and app.endswith("--editable .") and "--quiet" not in app
    chosen = recipe(".venv/dev", "TORCH=cpu", "CPU_INDEX=http://127.0.0.1/mirror")
    assert [line.split()[-1] for line in chosen] == ["torch", ".", "torchvision", "'.[dev]'"]
    assert 'TORCH="cpu" CPU_INDEX="http://127.0.0.1/mirror"' in chosen[2]


def test_the_guide_has_the_line_for_the_small_build() -> None:
    """It comes first and in the tested version, else the constraints would replace it by the ordinary one."""
    page = (REPOSITORY / "docs" / "guide" / "installing.md").read_text(encoding="utf-8")
    script = (REPOSITORY / "packaging" / "torch.sh").read_text(encoding="utf-8")
    (line,) = [line for line in page.splitlines() if "--index-url" in line]
    assert line.split()[3:6] == ["install", "--no-deps", "-c"]
    assert "pip install --no-deps --constraint constraints.txt --index-url" in script
    assert all(line.split()[-2] in text for text in (script, (REPOSITORY / "Makefile").read_text()))
