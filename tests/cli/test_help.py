"""The help of each command says what every option is for, and what it is without being given."""

import argparse
from collections.abc import Iterator

import pytest

from vae_gui.cli.parser import build_parser

# Without these nothing is chosen, read or written.
NOTHING_OTHERWISE = {
    *("--preset", "--config", "--resume", "--from", "--labels", "--test-labels"),
    *("--range", "--card", "--scheduler", "--cluster"),
}


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Give the parsers of all commands, and of what they have below them."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in dict.fromkeys(action.choices.values()):
                yield below
                yield from parsers(below)


ALL = {parser.prog: parser for parser in parsers(build_parser())}


@pytest.mark.parametrize("name", ALL)
def test_every_option_is_explained_with_its_default(name: str) -> None:
    said = " ".join(ALL[name].format_help().split())
    for action in ALL[name]._actions:
        if not action.option_strings or action.nargs == 0:
            continue
        option = action.option_strings[-1]
        assert action.help, option
        if action.default is not None and action.default != []:
            assert f"(default: {action.default})" in said, option
        elif not (action.required or action.default == [] or option in NOTHING_OTHERWISE):
            assert "(default: " in action.help, option
