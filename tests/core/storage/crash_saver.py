"""Helper process of `test_workspace`: savers that die at random moments, or run into a file-size limit."""

import os
import random
import signal
import sys
import time
from pathlib import Path

from tests.core.storage.workspaces import full_workspace, same
from vae_gui.core.storage.workspace import load, save
from vae_gui.core.support.errors import UserError

WIDTH = 2000


def kill_savers(folder: Path, kills: int) -> None:
    """Print how many files were old or new, how many kills fell into a save, and what a last save leaves."""
    target = folder / "run.vae"
    versions = [full_workspace(seed, WIDTH) for seed in (0, 1)]
    save(versions[0], target)
    entries = random.Random(0)
    whole = interrupted = 0
    for _ in range(kills):
        saver = os.fork()
        if saver == 0:
            while True:
                for version in reversed(versions):
                    save(version, target)
        time.sleep(entries.uniform(0, 0.02))
        os.kill(saver, signal.SIGKILL)
        os.waitpid(saver, 0)
        loaded = load(target)
        whole += any(same(loaded, version) for version in versions)
        interrupted += any(path != target for path in folder.iterdir())
    save(versions[0], target)
    print(whole, interrupted, len(list(folder.iterdir())))  # noqa: T201


def fill_disk(folder: Path, step: int) -> None:
    """Save under every file-size limit; print how many saves were refused and how many were needed."""
    import resource

    target = folder / "run.vae"
    old, new = full_workspace(0, WIDTH // 4), full_workspace(1, WIDTH // 4)
    save(old, target)
    size = target.stat().st_size
    refused = 0
    limits = range(0, size, step)
    for limit in limits:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        try:
            save(new, target)
        except UserError as error:
            refused += "no room" in str(error)
        assert list(folder.iterdir()) == [target]
        assert same(load(target), old)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(refused, len(limits))  # noqa: T201


if __name__ == "__main__":
    action, folder_name, amount = sys.argv[1:]
    {"kill": kill_savers, "fill": fill_disk}[action](Path(folder_name), int(amount))
