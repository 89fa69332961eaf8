"""A pretended CUDA or MPS device: the CPU computes, and what a real device refuses is refused.

Every storage has a label that says where it would lie. Mixed devices, float64 on MPS, a tensor of the device that is
read as an array, and a generator of another device raise what torch raises. Neither rounding nor random numbers,
memory and asynchronous errors are those of a device.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from vae_gui.core.vae.warm_up import warm_up_training

NO_FLOAT64 = (
    "Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64. "
    "Please use float32 instead."
)
READS_A_VALUE = {"_local_scalar_dense", "nonzero", "masked_select", "equal", "_unique2"}
COPIES = {"copy_", "_to_copy"}
INDEXES = {"index", "index_put_", "_index_put_impl_"}  # these take indices of the CPU
DOUBLES = {torch.float64, torch.complex128}


class PretendedDevice:
    """What a run on such a device has made. waits: how often the CPU would have waited; doubles: float64 tensors."""

    def __init__(self, kind: str) -> None:
        self.kind, self.kernels, self.waits, self.doubles = kind, 0, 0, 0

    def place(self, tensor: Tensor) -> str:
        """Return the kind of device that a tensor lies on; "" where nobody has said yet."""
        return getattr(tensor.untyped_storage(), "pretended_place", "")

    def put(self, tensor: Tensor, kind: str) -> None:
        """Label a tensor's storage; raises where the device has no such numbers."""
        if kind == self.kind and tensor.dtype in DOUBLES:
            self.doubles += 1
            if kind == "mps":
                raise TypeError(NO_FLOAT64)
        tensor.untyped_storage().pretended_place = kind

    def has(self, tensor: Tensor) -> bool:
        """Say whether a tensor lies on the device."""
        return self.place(tensor) == self.kind

    def copy(self, tensor: Tensor, kind: str) -> Tensor:
        """Return a tensor on another device, which the CPU waits for."""
        if (self.place(tensor) or "cpu") == kind:
            return tensor
        if kind == "mps" and tensor.dtype in DOUBLES:
            raise TypeError(NO_FLOAT64)
        self.waits += 1
        with torch.utils._python_dispatch._disable_current_modes():
            copied = tensor.detach().clone()
        self.put(copied, kind)
        return copied


class _Kernels(TorchDispatchMode):
    """Sees what is computed, also within torch and in the backward pass."""

    def __init__(self, device: PretendedDevice) -> None:
        super().__init__()
        self._device = device

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        device, name = self._device, func._schema.name.split("::")[1]
        given = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
        on_device = [tensor for tensor in given if device.has(tensor)]
        if on_device:
            self._check(name, given)
        result = func(*args, **(kwargs or {}))
        if on_device:
            for tensor in tree_leaves(result):
                if isinstance(tensor, Tensor) and not device.place(tensor):
                    device.put(tensor, device.kind)
        return result

    def _check(self, name: str, given: list[Tensor]) -> None:
        device = self._device
        of_cpu = [x for x in given if device.place(x) == "cpu" and x.dim() > 0]
        if of_cpu and name not in COPIES | INDEXES:
            raise RuntimeError(
                "Expected all tensors to be on the same device, but found at least two devices, "
                f"{device.kind}:0 and cpu! ({name})"
            )
        by_mask = name in INDEXES and any(x.dtype == torch.bool for x in given[1:])
        device.kernels += 1
        device.waits += bool(of_cpu) or by_mask or name in READS_A_VALUE


class _Calls(TorchFunctionMode):
    """Sees what Python asks of torch: on which device a tensor is made, moved and read."""

    def __init__(self, device: PretendedDevice) -> None:
        super().__init__()
        self._device = device

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        device, kwargs = self._device, dict(kwargs or {})
        if func == Tensor.device.__get__:
            return torch.device(device.place(args[0]) or "cpu")
        if func in (Tensor.numpy, Tensor.__array__) and device.has(args[0]):
            raise TypeError(
                f"can't convert {device.kind}:0 device type tensor to numpy. "
                "Use Tensor.cpu() to copy the tensor to host memory first."
            )
        if func is Tensor.tolist and device.has(args[0]):
            device.waits += 1
        if func is Tensor.cpu:
            return device.copy(args[0], "cpu")
        if func is Tensor.to:
            return self._to(*args, **kwargs)
        kind = _taken_from(kwargs)
        _check_generator(kwargs.get("generator"), kind or "cpu")
        result = func(*args, **kwargs)
        for tensor in tree_leaves(result):
            if isinstance(tensor, Tensor) and (kind or not device.place(tensor)):
                device.put(tensor, kind or "cpu")
        return result

    def _to(self, tensor: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        kinds = [arg for arg in args if isinstance(arg, torch.device | str)]
        kwargs.setdefault("device", kinds[0] if kinds else None)
        kind = _taken_from(kwargs)
        dtypes = [arg for arg in (*args, kwargs.get("dtype")) if isinstance(arg, torch.dtype)]
        if dtypes:
            tensor = Tensor.to(tensor, dtypes[0])
            if not self._device.place(tensor):
                self._device.put(tensor, "cpu")
        return self._device.copy(tensor, kind) if kind else tensor


def _taken_from(kwargs: dict[str, Any]) -> str:
    """Take the device out of the arguments of a call; "" where none is given."""
    device = kwargs.pop("device", None)
    return "" if device is None else torch.device(device).type


class PretendedGenerator(torch.Generator):
    """A generator that says it is of a device, and then draws other numbers than the CPU's."""

    kind: str

    def __new__(cls, device: torch.device | str = "cpu") -> "PretendedGenerator":
        made = super().__new__(cls)
        made.kind = torch.device(device).type
        return made

    def manual_seed(self, seed: int) -> torch.Generator:
        return super().manual_seed(seed if self.kind == "cpu" else seed ^ 1)


def _check_generator(generator: torch.Generator | None, kind: str) -> None:
    found = getattr(generator, "kind", "cpu")
    if generator is not None and found != kind:
        raise RuntimeError(f"Expected a '{kind}' device type for generator but found '{found}'")


@contextmanager
def pretended_device(kind: str) -> Iterator[PretendedDevice]:
    """Have a device on this machine, for what this thread does."""
    warm_up_training()  # what torch imports meanwhile asks for devices in its own ways
    device, autocast = PretendedDevice(kind), torch.autocast
    stands_in: Mapping[tuple[object, str], Callable[..., object]] = {
        (torch.cuda, "is_available"): lambda: kind == "cuda",
        (torch.cuda, "get_device_name"): lambda: "Pretended",
        (torch.backends.mps, "is_available"): lambda: kind == "mps",
        (torch.accelerator, "current_accelerator"): lambda *_, **__: None,
        (torch, "Generator"): PretendedGenerator,
        (torch, "autocast"): lambda _kind, *args, **kwargs: autocast("cpu", *args, **kwargs),
    }
    with pytest.MonkeyPatch.context() as patch, _Kernels(device), _Calls(device):
        for (place, name), stand_in in stands_in.items():
            patch.setattr(place, name, stand_in)
        yield device
