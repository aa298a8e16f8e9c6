"""The hardware of a rank: its name, and the peak that utilisation is measured against."""

import torch

# Dense bfloat16 peaks in FLOP/s, by a part of the name that PyTorch gives a device. The first that is found counts, so the
# longer names come first. Sources: NVIDIA's data sheets of each product (the figures with sparsity, halved) and AMD's for
# the MI300X. The H100's 989 TFLOP/s are those of the published trainings that ours are held against; an H200 computes alike.
PEAKS = (
    ("H100 NVL", 835e12),
    ("H100 PCIe", 756e12),
    ("H100", 989e12),
    ("H200", 989e12),
    ("GH200", 989e12),
    ("GB200", 2500e12),
    ("B200", 2250e12),
    ("A100", 312e12),
    ("A800", 312e12),
    ("L40S", 362e12),
    ("L4", 121e12),
    ("A10G", 70e12),
    ("A10", 125e12),
    ("MI300X", 1307e12),
)


def peak_of(device: str, precision: str) -> float | None:
    """FLOP/s that utilisation is held against: the dense bfloat16 peak of a device, also for float8, as publications do.

    None for a device that is not in the table, and for float32: a share of the wrong peak would be worse than none.
    """
    if precision == "float32":
        return None
    return next((peak for name, peak in PEAKS if name in device), None)


def peak_here(precision: str) -> float | None:
    """Of one of this machine's devices; None for a processor."""
    return peak_of(torch.cuda.get_device_name(), precision) if torch.cuda.is_available() else None
