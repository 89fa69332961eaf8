"""Maps of encodings: PCA against linear algebra, t-SNE and UMAP through their child."""

import importlib.util
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.decomposition import PCA

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.analysis.embedding import (
    Embedding,
    EmbeddingProgress,
    EmbeddingSettings,
    embed_encodings,
    embed_split,
    thinned,
)
from vae_gui.core.inference.engine import Engine
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.packages import installing
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.trainer import Trainer

PLACE = ("run", 7)


def groups(dims: int, count: int = 60, labelled: bool = True) -> Encodings:
    """Three groups of encodings, far apart."""
    random = np.random.default_rng(1)
    labels = (np.arange(count) % 3).astype(np.int16)
    centres = random.normal(0, 10, (3, dims))
    mu = (centres[labels] + random.normal(0, 0.3, (count, dims))).astype(np.float32)
    return Encodings(mu, None, labels if labelled else None, ("a", "b", "c"))


def pca(encodings: Encodings, previous: Embedding | None = None) -> Embedding:
    return finish(embed_encodings(encodings, EmbeddingSettings(), PLACE, previous))


def purity(found: Embedding) -> float:
    """Share of points whose nearest neighbour on the map is of their class."""
    distance = ((found.points[:, None] - found.points[None]) ** 2).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    labels = found.encodings.labels
    assert labels is not None
    return float(np.mean(labels[distance.argmin(axis=1)] == labels))


@pytest.mark.parametrize("dims", [2, 3, 20])
def test_pca_is_that_of_scikit_learn_up_to_the_signs(dims: int) -> None:
    encodings = groups(dims)
    reference = PCA(2, svd_solver="full")
    expected = reference.fit_transform(encodings.mu.astype(np.float64))

    found = pca(encodings)

    assert np.allclose(np.abs(found.points), np.abs(expected), atol=1e-3)
    assert found.components is not None
    assert np.allclose(np.abs(found.components), np.abs(reference.components_), atol=1e-4)
    share = 100 * reference.explained_variance_ratio_[0]
    assert found.axes[0] == f"PC 1 ({share:.0f} % of variance)"
    assert (found.run_id, found.step) == PLACE


def test_pca_keeps_the_direction_of_its_axes_from_one_map_to_the_next() -> None:
    first = pca(groups(5))
    assert first.components is not None
    turned = replace(first, components=first.components * np.array([[-1], [1]], np.float32))

    again = pca(groups(5), turned)

    assert np.allclose(again.points, first.points * [-1, 1], atol=1e-4)


def test_of_one_dimension_pca_makes_a_row_for_each_class() -> None:
    found = pca(groups(1))

    rows = [np.unique(found.points[found.encodings.labels == label, 1]) for label in range(3)]
    assert [len(row) for row in rows] == [1, 1, 1]
    assert rows[0] > rows[1] > rows[2]
    assert found.axes[1] == "one row for each class"


def test_of_one_dimension_without_labels_pca_makes_a_line() -> None:
    assert np.ptp(pca(groups(1, labelled=False)).points[:, 1]) == 0


def test_tsne_moves_keeps_groups_together_and_repeats_itself() -> None:
    settings = EmbeddingSettings(
        "tsne", neighbours=200, seed=3
    )  # more neighbours than there are points
    partial: list[Embedding] = []

    def watch(progress: object) -> None:
        if isinstance(progress, EmbeddingProgress):
            partial.append(progress.embedding)

    encodings = groups(6)
    found = finish(embed_encodings(encodings, settings, PLACE), watch)
    again = finish(embed_encodings(encodings, settings, PLACE))

    assert purity(found) == 1
    assert np.array_equal(found.points, again.points)
    assert len(partial) >= 2
    assert not np.array_equal(partial[0].points, partial[-1].points)
    assert not np.shares_memory(partial[0].points, partial[-1].points)
    assert found.points.shape == (60, 2) and found.points.dtype == np.float32


def test_tsne_of_one_dimension_is_a_map_too() -> None:
    found = finish(embed_encodings(groups(1), EmbeddingSettings("tsne"), PLACE))
    assert np.isfinite(found.points).all()
    assert np.ptp(found.points, axis=0).min() > 0


def test_a_cancelled_tsne_leaves_no_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    job = embed_encodings(groups(4, 2000), EmbeddingSettings("tsne"), PLACE)
    for _ in range(3):
        next(job)
    assert len(list(tmp_path.iterdir())) == 1

    job.close()

    assert list(tmp_path.iterdir()) == []


def test_umap_is_asked_for_the_neighbours_and_the_seed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "umap.py").write_text(
        "import numpy as np\n"
        "class UMAP:\n"
        "    def __init__(self, n_neighbors, random_state, n_jobs):\n"
        "        self.row = n_neighbors, random_state\n"
        "    def fit_transform(self, mu):\n"
        "        return np.tile(self.row, (len(mu), 1)).astype(np.float32)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    settings = EmbeddingSettings("umap", neighbours=200, seed=5)
    found = finish(embed_encodings(groups(4), settings, PLACE))

    assert found.points[0].tolist() == [59, 5]  # a point has no more neighbours than there are


def test_a_method_that_is_not_installed_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "umap" else find(name)
    )
    with pytest.raises(UserError, match="UMAP needs more packages") as raised:
        finish(embed_encodings(groups(3), EmbeddingSettings("umap"), PLACE))
    assert installing("umap-learn>=0.5.8") in str(raised.value)


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_encodings_that_cannot_be_laid_out_are_refused_in_words(method: str) -> None:
    settings, known = EmbeddingSettings(method), groups(3)
    collapsed = replace(known, mu=np.zeros_like(known.mu))
    broken = replace(known, mu=np.full_like(known.mu, np.nan))
    for encodings, words in (
        (collapsed, "collapse"),
        (broken, "no numbers"),
        (thinned(known, 9), "at least 10"),
    ):
        with pytest.raises(UserError, match=words):
            finish(embed_encodings(encodings, settings, PLACE))


def test_a_map_of_images_is_made_with_exactly_the_weights_of_the_snapshot() -> None:
    data = tiny_data(test=150)
    trainer = Trainer(tiny_config(latent_dim=4, learning_rate=1e-2), data, "here")
    trainer.step()
    snapshot = trainer.snapshot()
    trainer.step()

    found = finish(embed_split(snapshot, data.test, data.class_names, EmbeddingSettings()))

    expected, _ = Engine(snapshot).encode(data.test.images)
    assert np.allclose(found.encodings.mu, expected, atol=1e-5)
    assert not np.allclose(
        found.encodings.mu, Engine(trainer.snapshot()).encode(data.test.images)[0], atol=1e-3
    )
    assert (found.run_id, found.step) == ("here", 1)


def test_thinning_keeps_rows_whole() -> None:
    encodings = replace(groups(2), logvar=groups(2).mu + 1)
    few = thinned(encodings, 7)
    assert len(few) == 7 and few.logvar is not None and few.labels is not None
    for mu, logvar, label in zip(few.mu, few.logvar, few.labels, strict=True):
        row = np.flatnonzero((encodings.mu == mu).all(axis=1))[0]
        assert np.array_equal(logvar, mu + 1)
        assert encodings.labels is not None and encodings.labels[row] == label
