"""A network as source: each layer as the call that makes it, in the order in which their weights were drawn."""

import ast
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from vae_gui.core.vae.models.base import VAE

OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class NetworkSource:
    """kinds: the classes of the layers that torch has not. early: the lines that make the last layer, where its
    weights are drawn before those of its network. encoder, decoder: a call for each layer.
    """

    kinds: tuple[type[nn.Module], ...]
    early: tuple[str, ...]
    encoder: tuple[str, ...]
    decoder: tuple[str, ...]


def network_source(fresh: VAE, seed: int) -> NetworkSource:
    """Return the source of a network as `build` makes it with this seed."""
    encoder, decoder = list(fresh.encoder.children()), list(fresh.decoder.children())
    early = _drawn_early(encoder + decoder, seed)
    kinds = dict.fromkeys(type(layer) for layer in encoder + decoder)
    return NetworkSource(
        tuple(kind for kind in kinds if not _is_of_torch(kind)),
        () if early is None else (f"{OUTPUT} = {layer_source(early)}", *_constants(early)),
        tuple(layer_source(layer) for layer in encoder),
        tuple(OUTPUT if layer is early else layer_source(layer) for layer in decoder),
    )


def layer_source(layer: nn.Module) -> str:
    """The call that makes a layer, without the arguments that are the usual ones."""
    positional, named = _arguments(layer)
    words = [repr(value) for value in positional]
    words += [f"{name}={value!r}" for name, value in named.items()]
    name = type(layer).__name__
    return f"{'nn.' if _is_of_torch(type(layer)) else ''}{name}({', '.join(words)})"


def _arguments(layer: nn.Module) -> tuple[list[object], Mapping[str, object]]:
    """Those that make a layer, as its `extra_repr` has them; the usual ones are left out."""
    call = ast.parse(f"f({layer.extra_repr()})", mode="eval").body
    assert isinstance(call, ast.Call)
    usual = inspect.signature(type(layer)).parameters
    positional: list[object] = [ast.literal_eval(value) for value in call.args]
    named = {word.arg: _plain(ast.literal_eval(word.value)) for word in call.keywords if word.arg}
    needed = [name for name, entry in usual.items() if entry.default is entry.empty]
    positional += [value for name, value in named.items() if name in needed]
    return positional, {
        name: value
        for name, value in named.items()
        if name not in needed and value != usual[name].default
    }


def _plain(value: object) -> object:
    """Convolutions show (2, 2) for 2."""
    return value[0] if isinstance(value, tuple) and value == (value[0],) * 2 else value


def _is_of_torch(kind: type[nn.Module]) -> bool:
    return kind.__module__.startswith("torch.")


def _drawn_early(layers: Sequence[nn.Module], seed: int) -> nn.Module | None:
    """The layer whose weights were drawn before its turn: found by drawing all of them again."""
    waiting, early = list(layers), None
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        while waiting:
            layer = next(layer for layer in waiting if _is_drawn_alike(layer))
            if layer is not waiting[0]:
                early = layer
            waiting.remove(layer)
    return early


def _is_drawn_alike(layer: nn.Module) -> bool:
    """Say whether torch's generator now gives this layer; if not, the generator stays where it was."""
    before = torch.get_rng_state()
    positional, named = _arguments(layer)
    again: nn.Module = type(layer)(*positional, **named)
    pairs = zip(layer.state_dict().values(), again.state_dict().values(), strict=True)
    if all(_is_constant(one) or torch.equal(one, other) for one, other in pairs):
        return True
    torch.set_rng_state(before)
    return False


def _is_constant(values: Tensor) -> bool:
    return bool((values == values.flatten()[0]).all())


def _constants(layer: nn.Module) -> tuple[str, ...]:
    """The lines that fill what is one number throughout."""
    return tuple(
        f"nn.init.constant_({OUTPUT}.{name}, {values.flatten()[0].item()})"
        for name, values in layer.named_parameters()
        if _is_constant(values)
    )
