import hashlib
import shutil
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.core.datasets.io.servers import Server, serving
from tests.processes import children
from tests.waiting import WAIT_SECONDS
from vae_gui.core.datasets.io.download import Digest, download
from vae_gui.core.datasets.io.fetch import FetchError, trusted
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job, Progress, finish

CONTENT = bytes(range(256)) * 1024
NAME = "data.gz"
SHA256 = Digest("sha256", hashlib.sha256(CONTENT).hexdigest())
BAD_MANNERS = [
    "truncated",
    "stalled",
    "silent",
    "nonsense",
    "elsewhere",
    "wrong",
    "claims_less",
    "longer",
    "endless",
]


def job(server: Server, target: Path, *manners: str, digest: Digest = SHA256) -> Job[Path]:
    server.files[NAME] = CONTENT
    urls = [server.url(manner, NAME) for manner in manners]
    return download(urls, target, digest, len(CONTENT), timeout_seconds=2.0)


def test_a_good_mirror_is_written_whole(server: Server, tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder" / NAME

    assert finish(job(server, target, "good")) == target

    assert target.read_bytes() == CONTENT
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("manner", ["without_length", "claims_more"])
def test_a_false_length_does_no_harm_if_the_content_is_right(
    server: Server, tmp_path: Path, manner: str
) -> None:
    finish(job(server, tmp_path / NAME, manner))
    assert (tmp_path / NAME).read_bytes() == CONTENT


def test_the_checksum_is_verified(server: Server, tmp_path: Path) -> None:
    wrong = Digest("sha256", hashlib.sha256(b"other").hexdigest())

    with pytest.raises(UserError, match="different file"):
        finish(job(server, tmp_path / NAME, "good", digest=wrong))
    assert not SHA256.matches(tmp_path / NAME)
    finish(job(server, tmp_path / NAME, "good"))
    assert SHA256.matches(tmp_path / NAME)
    assert not wrong.matches(tmp_path / NAME)


def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, digest: Digest) -> list[str]:
    """Which of two mirrors, the plain one named first, are asked and in which order."""
    urls: list[str] = []

    def unreachable(url: str, timeout_seconds: float) -> Generator[bytes, None, None]:
        urls.append(url)
        raise FetchError("no connection")
        yield b""

    monkeypatch.setattr("vae_gui.core.datasets.io.download.fetch", unreachable)
    mirrors = ["http://plain.example/a", "https://encrypted.example/a"]
    with pytest.raises(UserError, match="cannot be downloaded"):
        finish(download(mirrors, tmp_path / NAME, digest, len(CONTENT)))
    return urls


def test_a_mirror_without_encryption_is_asked_last(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert asked(monkeypatch, tmp_path, SHA256) == [
        "https://encrypted.example/a",
        "http://plain.example/a",
    ]


def test_a_mirror_without_encryption_is_not_asked_for_an_md5(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    md5 = Digest("md5", hashlib.md5(CONTENT).hexdigest())
    assert asked(monkeypatch, tmp_path, md5) == ["https://encrypted.example/a"]


@pytest.mark.parametrize("manner", BAD_MANNERS)
def test_a_bad_mirror_is_one_sentence_and_leaves_nothing(
    server: Server, tmp_path: Path, manner: str
) -> None:
    with pytest.raises(UserError, match=r"^data\.gz cannot be downloaded .*: check the network"):
        finish(job(server, tmp_path / NAME, manner))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("manner", BAD_MANNERS)
def test_after_a_bad_mirror_the_next_is_asked(server: Server, tmp_path: Path, manner: str) -> None:
    finish(job(server, tmp_path / NAME, manner, "good"))

    assert server.asked == [f"/{manner}/{NAME}", f"/good/{NAME}"]
    assert (tmp_path / NAME).read_bytes() == CONTENT


def test_a_missing_file_names_its_code_and_every_mirror_is_tried(
    server: Server, tmp_path: Path
) -> None:
    urls = [server.url("good", "absent"), "http://127.0.0.1:1/data.gz"]
    with pytest.raises(UserError, match=r"127\.0\.0\.1: error 404; 127\.0\.0\.1: no connection\)"):
        finish(download(urls, tmp_path / NAME, SHA256, 10))
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def unknown_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate with its key that nobody has signed but itself."""
    if (openssl := shutil.which("openssl")) is None:
        pytest.skip("openssl makes the certificate")
    path = tmp_path_factory.mktemp("certificate") / "both.pem"
    new = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(path), "-out", str(path.with_name("alone.pem"))]
    subprocess.run([openssl, *new, *name, *files], check=True, capture_output=True)
    path.write_text(path.read_text() + path.with_name("alone.pem").read_text())
    return path


def test_a_certificate_that_cannot_be_checked_is_said_as_that(
    unknown_certificate: Path, tmp_path: Path
) -> None:
    with (
        serving(unknown_certificate) as server,
        pytest.raises(UserError, match=r"its certificate cannot be checked\): check the date of"),
    ):
        finish(job(server, tmp_path / NAME, "good"))
    assert list(tmp_path.iterdir()) == []


def test_a_certificate_that_this_machine_trusts_is_trusted(
    unknown_certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(unknown_certificate.with_name("alone.pem")))
    with serving(unknown_certificate) as server:
        finish(job(server, tmp_path / NAME, "good"))
    assert (tmp_path / NAME).read_bytes() == CONTENT


def test_where_a_system_has_no_certificates_those_of_the_app_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Python on a Mac, before its script for certificates was started."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    names = {str(known["subject"]) for known in trusted().get_ca_certs()}
    assert any("ISRG Root X1" in name for name in names)


def test_an_endless_answer_is_left_as_soon_as_it_is_too_long(
    server: Server, tmp_path: Path
) -> None:
    seen: list[Progress] = []
    with pytest.raises(UserError, match="too much"):
        finish(job(server, tmp_path / NAME, "endless"), seen.append)
    assert max(progress.done for progress in seen) <= len(CONTENT)


def test_progress_rises_to_the_size_of_the_file(server: Server, tmp_path: Path) -> None:
    seen: list[Progress] = []
    finish(job(server, tmp_path / NAME, "good"), seen.append)

    done = [progress.done for progress in seen]
    assert done[0] == 0
    assert done[-1] == len(CONTENT)
    assert done == sorted(done)
    assert len(done) > 3
    assert {progress.total for progress in seen} == {len(CONTENT)}


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_cancelling_leaves_nothing_and_the_old_file(
    server: Server, tmp_path: Path, steps: int
) -> None:
    target = tmp_path / NAME
    target.write_bytes(b"old")
    running = job(server, target, "good")
    for _ in range(steps):
        next(running)
    assert len(list(tmp_path.iterdir())) == 2, "a temporary file is in use"

    running.close()

    assert list(tmp_path.iterdir()) == [target]
    assert target.read_bytes() == b"old"


def test_a_failure_keeps_the_old_file(server: Server, tmp_path: Path) -> None:
    target = tmp_path / NAME
    target.write_bytes(b"old")
    with pytest.raises(UserError):
        finish(job(server, target, "truncated", "wrong"))
    assert target.read_bytes() == b"old"


def test_a_folder_that_cannot_be_made_is_one_sentence(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match="choose another folder"):
        finish(job(server, tmp_path / "file" / "sub" / NAME, "good"))
    assert server.asked == []


@pytest.mark.parametrize("manner", ["silent", "stalled"])
def test_a_dead_network_does_not_hold_up_the_one_who_cancels(
    server: Server, tmp_path: Path, manner: str
) -> None:
    server.files[NAME] = CONTENT
    before = children()
    never = 10.0 * WAIT_SECONDS  # one that waits ends with the test's time
    url = server.url(manner, NAME)
    running = download([url], tmp_path / NAME, SHA256, len(CONTENT), timeout_seconds=never)
    while not server.asked:
        next(running)

    next(running)
    running.close()

    assert list(tmp_path.iterdir()) == []
    assert children() == before
