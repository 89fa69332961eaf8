"""The picture of the packages in docs/ARCHITECTURE.md shows every import that there is, and no other."""

import pytest

from tests.conftest import REPOSITORY
from tests.test_architecture import CORE, UI, arrows_between

PAGE = REPOSITORY / "docs" / "ARCHITECTURE.md"


def picture(layer: str, packages: tuple[str, ...]) -> str:
    """A row for each package, an x under each one that it imports."""
    arrows = arrows_between(layer, packages)
    width = max(map(len, packages)) + 2
    rows = [
        package.ljust(width)
        + "".join("x" if (package, other) in arrows else "·" for other in packages)
        for package in packages
    ]
    return "\n".join(rows)


@pytest.mark.parametrize(("layer", "packages"), [("core", CORE), ("ui", UI)])
def test_the_page_shows_the_imports_between_packages(layer: str, packages: tuple[str, ...]) -> None:
    expected = picture(layer, packages)
    assert expected in PAGE.read_text(encoding="utf-8"), f"write into the page:\n{expected}"


@pytest.mark.parametrize("package", [*CORE, *UI])
def test_the_page_says_what_is_in_each_package(package: str) -> None:
    assert f"| `{package}` |" in PAGE.read_text(encoding="utf-8")
