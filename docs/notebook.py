"""Carries out `docs/latent-space.ipynb` in a kernel of its own and keeps what its cells show."""

import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parent / "latent-space.ipynb"
SUPERFLUOUS = ("text/plain", "image/jpeg")  # where there is a better form of the same


def main() -> None:
    """Run every cell in order, in an empty folder; an error in a cell ends this."""
    book = nbformat.read(NOTEBOOK, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(book, timeout=600, resources={"metadata": {"path": folder}}).execute()
    for cell in book.cells:
        cell.metadata = {}
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if len(data) > 1:
                output["data"] = {kind: data[kind] for kind in data if kind not in SUPERFLUOUS}
    nbformat.write(book, NOTEBOOK)


if __name__ == "__main__":
    main()
