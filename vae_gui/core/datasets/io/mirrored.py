"""Data sets of four IDX files: read from a folder, or downloaded into it from a mirror and verified."""

from dataclasses import dataclass
from pathlib import Path

from vae_gui.core.datasets.base import DatasetEntry, ImageData
from vae_gui.core.datasets.io.download import Digest, download
from vae_gui.core.datasets.io.idx_folder import STEMS, IdxFiles, find_files, read_split
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job, Progress

_BYTES_PER_MB = 10**6


@dataclass(frozen=True, slots=True)
class MirroredSet:
    """A data set that is kept in four IDX files.

    folder_name: of the folder in which the set is kept, here and by torchvision.
    file_bytes, sha256: sizes and checksums of the gzipped files in the order of `idx_folder.STEMS`.
    mirrors: where they are, each ending in a slash; those that encrypt come first.
    names_of_others: if given, files in a folder of any name but these (in lower case) are taken for
        this set; None where the folder must have the set's own name.
    """

    name: str
    title: str
    things: str
    centred: bool
    description: str
    folder_name: str
    class_names: tuple[str, ...]
    file_bytes: tuple[int, int, int, int]
    sha256: tuple[str, str, str, str]
    mirrors: tuple[str, ...]
    train_images: int = 60_000
    test_images: int = 10_000
    side: int = 28
    names_of_others: tuple[str, ...] | None = None

    def entry(self) -> DatasetEntry:
        """Return the entry of the set for the registry."""
        return DatasetEntry(
            name=self.name,
            title=self.title,
            things=self.things,
            centred=self.centred,
            description=self.description,
            train_images=self.train_images,
            test_images=self.test_images,
            side=self.side,
            class_names=self.class_names,
            download_bytes=sum(self.file_bytes),
            find=self.find,
            load=self.load,
        )

    @property
    def file_names(self) -> tuple[str, ...]:
        """Return the names of the gzipped files, in the order of `idx_folder.STEMS`."""
        kinds = {stem: "idx3" if stem.endswith("images") else "idx1" for stem in STEMS}
        return tuple(f"{stem}-{kind}-ubyte.gz" for stem, kind in kinds.items())

    def find(self, folder: Path) -> bool:
        """Say whether all four files are in `folder`, raw or gzipped, in a place that is known to be this set's."""
        return self._find_files(folder) is not None

    def load(self, folder: Path, download: bool) -> Job[ImageData]:
        """Read the files in `folder`, after downloading them if they are missing and `download` is true."""
        files = self._find_files(folder)
        if files is None:
            if not download:
                raise UserError(
                    f"“{folder}” does not hold the four files of {self.title} ({', '.join(STEMS)}): "
                    f"choose the folder that holds them{self._where()}, or download them."
                )
            files = yield from self._download(folder)
        yield Progress(0, 2, f"Reading {self.title}")
        classes = len(self.class_names)
        train = read_split(files.train_images, files.train_labels, self.side, classes)
        yield Progress(1, 2, f"Reading {self.title}")
        test = read_split(files.test_images, files.test_labels, self.side, classes)
        return ImageData(self.name, self.title, train, test, self.class_names)

    def _find_files(self, folder: Path) -> IdxFiles | None:
        return find_files(folder, (self.folder_name, self.name), self.names_of_others)

    def _where(self) -> str:
        if self.names_of_others is not None:
            return ""
        return f" in a folder named “{self.folder_name}”"

    def _download(self, folder: Path) -> Job[IdxFiles]:
        """Get the gzipped files that are not yet there into the set's own folder under `folder`."""
        total = sum(self.file_bytes)
        yield Progress(0, total, f"Looking for {self.title}")
        paths: list[Path] = []
        before = 0
        for name, size, sha256 in zip(self.file_names, self.file_bytes, self.sha256, strict=True):
            path = folder / self.folder_name / "raw" / name
            digest = Digest("sha256", sha256)
            if not digest.matches(path):
                job = download([mirror + name for mirror in self.mirrors], path, digest, size)
                yield from as_part(job, self.title, before, total)
            before += size
            paths.append(path)
        return IdxFiles(*paths)


def as_part(job: Job[Path], title: str, before: int, total: int) -> Job[Path]:
    """The same job, its progress counted from `before` in a download of `total` bytes."""
    try:
        while True:
            done = before + next(job).done
            text = (
                f"Downloading {title}: {done / _BYTES_PER_MB:.1f} of {total / _BYTES_PER_MB:.1f} MB"
            )
            yield Progress(done, total, text)
    except StopIteration as stop:
        path: Path = stop.value
        return path
    finally:
        job.close()
