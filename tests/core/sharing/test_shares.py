"""Every entry of SHARES writes a file of its own suffix, all or nothing."""

from pathlib import Path

import pytest

from tests.core.sharing.conftest import write
from vae_gui.core.sharing import SHARES, Share
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError


@pytest.mark.parametrize("share", SHARES.values(), ids=SHARES)
def test_the_file_is_there_and_nothing_else(
    share: Share, workspace: Workspace, tmp_path: Path
) -> None:
    out = write(share.name, workspace, tmp_path)
    assert out.stat().st_size > 0
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("share", SHARES.values(), ids=SHARES)
def test_a_job_that_is_cancelled_leaves_nothing(
    share: Share, workspace: Workspace, tmp_path: Path
) -> None:
    job = share.write(workspace, tmp_path / f"model{share.suffix}")
    next(job)
    job.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("share", SHARES.values(), ids=SHARES)
def test_a_folder_that_takes_nothing_is_one_sentence(
    share: Share, workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError):
        write(share.name, workspace, tmp_path / "file")
