"""What planning says that a block keeps of each token is what autograd keeps."""

from typing import Any

import pytest
import torch

from trainer.model import ModelShape, transformer_config

SHAPE = {"family": "olmo2", "width": 256, "layers": 6, "heads": 4, "keyValueHeads": 4, "feedForwardWidth": 1024, "ropeTheta": 500_000}


def kept_bytes(shape: ModelShape, rows: int, bfloat16: bool) -> int:
    """What autograd keeps of a forward pass, weights and their casts aside."""
    model = transformer_config(shape, 64).build(init_device="cpu")
    model.init_weights(max_seq_len=64, device=torch.device("cpu"))
    own = {tensor.untyped_storage().data_ptr() for tensor in [*model.parameters(), *model.buffers()]}
    kept: dict[int, int] = {}

    def keep(tensor: Any) -> Any:
        storage = tensor.untyped_storage()
        is_weight = storage.data_ptr() in own or tensor.dim() == 2 and tensor.shape[0] != rows * 64
        if not is_weight:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    ids = torch.randint(0, 64, (rows, 64))
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor), torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
        model(ids, labels=ids, loss_reduction="sum", return_logits=False)
    return sum(kept.values())


@pytest.mark.parametrize(("width", "feed_forward"), [(128, 384), (128, 640), (192, 640)])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_block_keeps_of_each_token_what_is_planned(width: int, feed_forward: int, precision: str) -> None:
    shape = {**SHAPE, "width": width, "feedForwardWidth": feed_forward}
    rows = 5
    of_two, of_four = (kept_bytes({**shape, "layers": layers}, rows, precision == "bfloat16") for layers in (2, 4))
    measured = (of_four - of_two) / 2 / (rows * 64)
    kept = {"float32": (57, 16), "bfloat16": (52, 8)}[precision]
    assert measured == pytest.approx(kept[0] * width + kept[1] * feed_forward, rel=0.03)
