"""Models that were trained elsewhere: what is registered computes what transformers and OLMo-core compute, and what cannot serve is refused."""

import io
import json
import pickle
import secrets
import shutil
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

import pytest
import torch
from olmo_core.distributed.checkpoint import save_model_and_optim_state
from safetensors.torch import load_file, save_file
from torch.distributed.checkpoint.metadata import _MEM_FORMAT_ENCODING, Metadata
from transformers import AutoModelForCausalLM, Olmo2Config, Olmo3Config, PretrainedConfig

from tests.runs import OPTIMIZER, continue_identity, make_identity, make_job, read_log, result_of, train
from trainer import base, exits, keys
from trainer.base_olmo_core import IndexUnpickler
from trainer.base_reader import open_base, placed
from trainer.checkpoint import load_weights
from trainer.corpus_reader import Corpus
from trainer.documents import Json
from trainer.exits import BadInput
from trainer.model import transformer_config
from trainer.store import Store

VOCABULARY = 352
SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 48,
    "vocab_size": VOCABULARY,
    "rms_norm_eps": 1e-6,
    "rope_theta": 10_000,
    "tie_word_embeddings": False,
    "pad_token_id": None,
    "eos_token_id": None,
}
OLMO2 = Olmo2Config.from_dict(SIZES)
# Five layers: three that see a window, one that sees all, and the last, which does so too.
WINDOWS = ["sliding_attention", "sliding_attention", "sliding_attention", "full_attention", "full_attention"]
POSITIONS = {kind: {"rope_type": "default", "rope_theta": 10_000.0} for kind in ("sliding_attention", "full_attention")}
OLMO3 = Olmo3Config.from_dict({**SIZES, "num_hidden_layers": 5, "sliding_window": 6, "layer_types": WINDOWS, "rope_parameters": POSITIONS})


def saved(folder: Path, config: PretrainedConfig = OLMO2, **how: object) -> Path:
    """A random model as transformers saves it."""
    torch.manual_seed(5)
    AutoModelForCausalLM.from_config(config, dtype=torch.float32).save_pretrained(folder, **how)  # type: ignore[no-untyped-call]  # untyped library
    return folder


def make_base_job(store: Store, corpus: Corpus, folder: Path) -> Json:
    """Uploads the files of a folder and returns the job that registers them."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = [
        {"name": str(path.relative_to(folder)), "object": store.create(keys.upload(secrets.token_hex(8)), path.read_bytes()).object}
        for path in paths
    ]
    recipe = {"name": "olmo", "corpus": corpus.digest, "tokens": 1_000_000, "licence": "Apache-2.0", "source": "made for tests"}
    source = {"kind": "uploads", "files": files}
    return {
        "version": 1,
        "kind": "base",
        "name": f"base-{secrets.token_hex(4)}",
        "bucket": store.bucket,
        "recipe": recipe,
        "source": source,
    }


def register(corpus: Corpus, folder: Path, room: Path) -> str:
    """Registers a folder; the base's digest."""
    job = make_base_job(corpus.store, corpus, folder)
    room.mkdir(exist_ok=True)
    with chdir(room):
        base.run(job, corpus.store)
    return str(result_of(corpus.store, job)["base"])


def logits_of(store: Store, digest: str, ids: torch.Tensor) -> torch.Tensor:
    manifest = open_base(store, digest)
    model = load_weights(store, placed(digest, manifest), manifest["shape"], manifest["vocabularySize"])
    with torch.no_grad():
        return model.eval()(ids)


@pytest.mark.parametrize("config", [OLMO2, OLMO3], ids=["olmo2", "olmo3"])
def test_a_model_of_transformers_computes_the_same_when_it_is_registered(config: PretrainedConfig, corpus: Corpus, tmp_path: Path) -> None:
    folder = saved(tmp_path / "theirs", config, max_shard_size="20KB")
    assert len(list(folder.glob("*.safetensors"))) > 1
    digest = register(corpus, folder, tmp_path / "room")
    ids = torch.randint(0, VOCABULARY, (2, 40), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        theirs = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()(ids).logits  # type: ignore[no-untyped-call]  # untyped library
    torch.testing.assert_close(logits_of(corpus.store, digest, ids), theirs, atol=1e-5, rtol=1e-4)
    manifest = open_base(corpus.store, digest)
    assert (manifest["format"], manifest["shape"]["family"], manifest["shape"]["keyValueHeads"]) == ("hugging-face", config.model_type, 2)
    assert manifest["tokenizer"] == corpus.manifest["tokenizer"]["sha256"]
    assert {each["name"] for each in manifest["files"]} == {path.name for path in folder.iterdir()}
    # The same files are the same base, whoever registers them and whenever.
    assert register(corpus, folder, tmp_path / "room") == digest


def test_a_checkpoint_of_olmo_core_is_registered_with_its_weights_bit_by_bit(corpus: Corpus, tmp_path: Path) -> None:
    folder, model = olmo_core_folder(tmp_path / "theirs")
    digest = register(corpus, folder, tmp_path / "room")
    manifest = open_base(corpus.store, digest)
    ours = load_weights(corpus.store, placed(digest, manifest), manifest["shape"], VOCABULARY).state_dict()
    assert manifest["format"] == "olmo-core"
    assert all(torch.equal(ours[name], tensor) for name, tensor in model.state_dict().items())


SHAPE = {
    "family": "olmo3",
    "width": 32,
    "layers": 2,
    "heads": 4,
    "keyValueHeads": 2,
    "feedForwardWidth": 48,
    "ropeTheta": 10_000,
    "slidingWindow": 6,
}


def olmo_core_folder(folder: Path) -> tuple[Path, torch.nn.Module]:
    """A random model as OLMo-core saves it."""
    config = transformer_config(SHAPE, VOCABULARY)
    model = config.build(init_device="cpu")
    model.init_weights()
    save_model_and_optim_state(folder / "model_and_optim", model)
    (folder / "config.json").write_text(json.dumps({"run_name": "theirs", "model": config.as_config_dict()}))
    return folder, model


def test_a_stage_goes_on_from_it_with_its_weights(corpus: Corpus, s3: dict[str, str], tmp_path: Path) -> None:
    digest = register(corpus, saved(tmp_path / "theirs"), tmp_path / "room")
    manifest = open_base(corpus.store, digest)
    still = {**OPTIMIZER, "learningRate": 1e-30, "weightDecay": 0}
    job = make_job(corpus.store, imported_identity(corpus, digest, manifest, optimizer=still), [], [3])
    assert train(job, tmp_path / "job", s3) == exits.SUCCEEDED, (tmp_path / "job" / "output.log").read_text()
    log = read_log(corpus.store, job["run"])
    started = next(entry for entry in log if entry["kind"] == "started")
    committed = [entry["checkpoint"] for entry in log if entry["kind"] == "checkpoint"]
    assert (started["resumedFrom"], [each["step"] for each in committed], committed[0]["parent"]) == (digest, [3, 6], digest)
    ours = load_weights(corpus.store, committed[0], manifest["shape"], VOCABULARY).state_dict()
    theirs = load_weights(corpus.store, placed(digest, manifest), manifest["shape"], VOCABULARY).state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def imported_identity(corpus: Corpus, digest: str, manifest: Json, **changes: object) -> Json:
    """The identity of a run of six steps that goes on from a base."""
    trained = continue_identity(make_identity(corpus.digest, VOCABULARY, dose=0), 0, steps=6, **changes)
    stages = [{"kind": "import", "checkpoint": digest}, trained["stages"][-1]]
    return {**trained, "shape": manifest["shape"], "seeds": {"initialisation": 0, "order": 0}, "stages": stages}


def test_a_run_of_another_shape_is_refused(corpus: Corpus, s3: dict[str, str], tmp_path: Path) -> None:
    digest = register(corpus, saved(tmp_path / "theirs"), tmp_path / "room")
    manifest = open_base(corpus.store, digest)
    identity = imported_identity(corpus, digest, {**manifest, "shape": {**manifest["shape"], "feedForwardWidth": 64}})
    assert train(make_job(corpus.store, identity, [], []), tmp_path / "job", s3) == exits.BAD_INPUT
    assert "the run's shape must be its" in (tmp_path / "job" / "output.log").read_text()


def configured(**changes: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))

    return change


def weighed(change: Callable[[dict[str, torch.Tensor]], object]) -> Callable[[Path], None]:
    def rewrite(folder: Path) -> None:
        state = load_file(folder / "model.safetensors")
        change(state)
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})

    return rewrite


BROKEN: list[tuple[str, Callable[[Path], object], str]] = [
    (
        "other shapes than its configuration",
        configured(intermediate_size=64),
        r"mlp\.\w+\.weight must have the shape .* by its configuration",
    ),
    ("a tensor too few", weighed(lambda state: state.pop("lm_head.weight")), "tensor lm_head.weight must be there"),
    (
        "a tensor too many",
        weighed(lambda state: state.update(extra=torch.ones(2))),
        "must have no tensors beside .* current value has extra",
    ),
    (
        "a weight that is no number",
        weighed(lambda state: state["model.norm.weight"].fill_(float("nan"))),
        "must be finite: lm_head.norm.weight has 32",
    ),
    ("another architecture", configured(model_type="llama"), "model_type must be olmo2 or olmo3: current value is llama"),
    ("settings that nothing here computes", configured(rms_norm_eps=1e-5), "rms_norm_eps must be 1e-06"),
    ("stretched positions", configured(rope_scaling={"rope_type": "linear", "factor": 2.0}), "rope_parameters must be"),
    ("tied embeddings", configured(tie_word_embeddings=True), "tie_word_embeddings must be False"),
    ("words for numbers", configured(hidden_size="wide"), "config.json must be one of olmo2"),
    ("no weights", lambda folder: (folder / "model.safetensors").unlink(), "its weights must be safetensors"),
    ("half a file", lambda folder: halve(folder / "model.safetensors"), "must be a whole file of safetensors"),
    ("no configuration", lambda folder: (folder / "config.json").unlink(), "must hold a config.json"),
    ("a configuration of something else", lambda folder: (folder / "config.json").write_text('{"a": 1}'), 'must have a "model_type"'),
]


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(("_name", "spoil", "told"), BROKEN, ids=[name for name, *_ in BROKEN])
def test_what_cannot_serve_is_refused_in_words_and_leaves_nothing(
    _name: str, spoil: Callable[[Path], object], told: str, corpus: Corpus, store: Store, tmp_path: Path
) -> None:
    folder = saved(tmp_path / "theirs")
    spoil(folder)
    before = list(corpus.store.list("bases/"))
    with pytest.raises(BadInput, match=told):
        register(corpus, folder, tmp_path / "room")
    assert list(corpus.store.list("bases/")) == before


def test_a_vocabulary_that_lacks_ids_of_the_tokenizer_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    ids = corpus.manifest["vocabularySize"]
    folder = saved(tmp_path / "theirs", Olmo2Config.from_dict({**SIZES, "vocab_size": ids - 1}))
    with pytest.raises(BadInput, match=f"at least the {ids} ids of the tokenizer, added tokens included: current value is {ids - 1}"):
        register(corpus, folder, tmp_path / "room")


def test_an_index_that_would_run_something_is_refused_before_it_does(corpus: Corpus, tmp_path: Path) -> None:
    folder, _ = olmo_core_folder(tmp_path / "theirs")
    witness = tmp_path / "witness"
    witness.mkdir()
    (folder / "model_and_optim" / ".metadata").write_bytes(pickle.dumps(Runs(str(witness))))
    with pytest.raises(BadInput, match="an index has no shutil.rmtree"):
        register(corpus, folder, tmp_path / "room")
    assert witness.exists()


def test_an_index_that_asks_a_class_for_more_than_a_member_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    folder, _ = olmo_core_folder(tmp_path / "theirs")
    (folder / "model_and_optim" / ".metadata").write_bytes(pickle.dumps(Asks()))
    with pytest.raises(BadInput, match="an index has no Metadata.__subclasses__"):
        register(corpus, folder, tmp_path / "room")


def test_members_of_enumerations_are_read_however_a_version_of_python_wrote_them() -> None:
    kind = _MEM_FORMAT_ENCODING
    old = pickle.dumps((kind, "TORCH_PRESERVE_FORMAT"))
    assert IndexUnpickler(io.BytesIO(old)).load()[0] is kind
    written = b"cbuiltins\ngetattr\n(c" + f"{kind.__module__}\n{kind.__name__}".encode() + b"\nX\x15\x00\x00\x00TORCH_PRESERVE_FORMATtR."
    assert IndexUnpickler(io.BytesIO(written)).load() is kind.TORCH_PRESERVE_FORMAT


def test_half_a_file_of_olmo_core_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    folder, _ = olmo_core_folder(tmp_path / "theirs")
    for path in (folder / "model_and_optim").glob("*.distcp"):
        halve(path)
    with pytest.raises(BadInput, match="its files must hold what its index says"):
        register(corpus, folder, tmp_path / "room")


class Runs:
    """What a pickle may do to who reads it."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return shutil.rmtree, (self._folder,)


class Asks:
    """A pickle that goes from a class that is let in to others."""

    def __reduce__(self) -> tuple[object, tuple[object, str]]:
        return getattr, (Metadata, "__subclasses__")


def test_a_file_outside_its_folder_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    job = make_base_job(corpus.store, corpus, saved(tmp_path / "theirs"))
    job["source"]["files"][0]["name"] = "../config.json"
    with chdir(tmp_path), pytest.raises(BadInput, match=r"must lie in one folder: current value is \.\./config\.json"):
        base.run(job, corpus.store)
