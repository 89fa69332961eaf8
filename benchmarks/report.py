"""The figures as lines of JSON and as the table of docs/benchmarks.md."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import torch

from benchmarks.common import Claim

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def json_line(claim: Claim) -> str:
    return json.dumps(asdict(claim), ensure_ascii=False, default=lambda value: value.item())


def machine() -> str:
    """Describe the machine and the versions that a figure has to be read with."""
    name = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next(
            (x.partition(":")[2].strip() for x in lines if x.startswith("model name")), name
        )
    capability = torch.backends.cpu.get_cpu_capability()
    return (
        f"{os.cpu_count()} cores of an {name} ({capability}), Python {platform.python_version()}, "
        f"torch {torch.__version__} on the CPU, {date.today():%d %B %Y}, commit {_commit()}"
    )


def _commit() -> str:
    git = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(git, capture_output=True, text=True, check=False, cwd=PAGE.parent)
    return done.stdout.strip() or "unknown"


def table(claims: Sequence[Claim]) -> str:
    """Return the claims as a table in Markdown."""
    lines = [
        f"{machine()}.",
        "",
        "| # | claim | measured | reference | ratio | target | held |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {c.key} | {c.text} | {c.measured} | {c.reference} | {c.ratio:.2f} | {c.target} | "
        f"{'yes' if c.held else '**no**'} |"
        for c in claims
    ]
    return "\n".join(lines)


def write_page(claims: Sequence[Claim]) -> None:
    """Write the table between the marks of the page; the text around them stays."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table(claims)}\n{END}{after}", encoding="utf-8")
