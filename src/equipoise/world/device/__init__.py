"""Futures played on a graphics processor: the kernel's own functions, compiled for CUDA. No equation stands here."""

from __future__ import annotations

from difflib import get_close_matches
from importlib.util import find_spec
from typing import TYPE_CHECKING

from equipoise.errors import InputError

if TYPE_CHECKING:
    from equipoise.world.player import Memory, Player

CPU, GPU = "cpu", "gpu"
DEVICES = (CPU, GPU)
"""What may play futures: this machine's processors, or its graphics processor."""


def available(device: str) -> None:
    """Refuse a device that is none, or that this machine does not have.

    Raises:
        InputError: with what is missing.
    """
    if device not in DEVICES:
        near = get_close_matches(str(device), DEVICES, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise InputError(f"futures are played on {' or '.join(DEVICES)}; given {device!r}{hint}")
    if device == CPU:
        return
    if find_spec("numba_cuda") is None:
        raise InputError(
            "playing on a graphics processor needs the package `numba-cuda`: pip install 'equipoise[gpu]'"
        )
    from numba import cuda

    if not cuda.is_available():
        raise InputError(f"no graphics processor can be used through CUDA: {_reason()}")


def memory_on(device: str, player: Player) -> Memory:
    """Return memory on a device other than this processor, in which a player can play.

    Raises:
        InputError: the device is not there, or has no room.
    """
    available(device)
    from equipoise.world.device.memory import DeviceMemory

    return DeviceMemory(player, keep=False)


def _reason() -> str:
    """Return in a line why CUDA cannot be used."""
    from numba import cuda

    said = str(cuda.cuda_error() or "its compiler library (NVVM) was not found")
    return " ".join(said.split())
