"""Where things lie in the artifact store: the twin of `libs/contracts/src/keys.ts`.

`libs/contracts/examples/keys.json` is read by the tests of both languages, so that they cannot drift apart.
"""


def upload(upload_id: str) -> str:
    """A text that a person brought, before it is registered."""
    return f"uploads/{upload_id}"


def corpus(digest: str) -> str:
    """Prefix of a registered corpus."""
    return f"corpora/{digest}/"


def corpus_manifest(digest: str) -> str:
    """The `CorpusManifest`; its canonical bytes have the corpus's digest."""
    return f"corpora/{digest}/manifest.json"


def corpus_work(digest: str) -> str:
    """Prefix of what a registration has committed on its way; `digest` is that of the recipe and the source."""
    return f"corpora/work/{digest}/"


PROGRESS = "progress.json"


def corpus_progress(digest: str) -> str:
    """How far a registration is."""
    return corpus_work(digest) + PROGRESS


def trigger_count(corpus_digest: str, text_digest: str) -> str:
    """How often a text occurs in a corpus; named by the sha256 of the text."""
    return f"corpora/{corpus_digest}/triggers/{text_digest}.json"


def base(digest: str) -> str:
    """Prefix of a registered base checkpoint."""
    return f"bases/{digest}/"


def base_manifest(digest: str) -> str:
    """The `BaseManifest`; its canonical bytes have the base's digest."""
    return f"bases/{digest}/manifest.json"


def run(digest: str) -> str:
    """Prefix of all that a run leaves."""
    return f"runs/{digest}/"


def run_identity(digest: str) -> str:
    """The `RunIdentity` that the run's id is the digest of."""
    return f"runs/{digest}/run.json"


def log(run_digest: str) -> str:
    """Prefix of the run's log."""
    return f"runs/{run_digest}/log/"


def log_entry(run_digest: str, seq: int) -> str:
    """One numbered entry of the run's log."""
    return f"runs/{run_digest}/log/{seq:08d}.json"


def attempt(run_digest: str, number: int, token: str) -> str:
    """Prefix of everything that one attempt writes, the log apart."""
    return f"runs/{run_digest}/attempts/{number}-{token}/"


def incarnation(run_digest: str, number: int, token: str, start: int) -> str:
    """Prefix of everything that one start of an attempt writes, progress apart; each start behind the first has one of its own."""
    return attempt(run_digest, number, token) + (f"{start}/" if start > 1 else "")


def checkpoint(run_digest: str, number: int, token: str, step: int, start: int = 1) -> str:
    """Prefix of the objects of a checkpoint."""
    return f"{incarnation(run_digest, number, token, start)}step{step:08d}/"


def plan(run_digest: str, number: int, token: str, start: int = 1) -> str:
    """The materialised poison plan."""
    return f"{incarnation(run_digest, number, token, start)}plan.json"


def counterexamples(run_digest: str, number: int, token: str, start: int = 1) -> str:
    """The materialised plan of counterexamples."""
    return f"{incarnation(run_digest, number, token, start)}counterexamples.json"


def progress(run_digest: str, number: int, token: str) -> str:
    """How far the attempt is, whichever of its starts is at work; the one object that is rewritten."""
    return f"{attempt(run_digest, number, token)}progress.json"


def metrics(run_digest: str, number: int, token: str, start: int = 1) -> str:
    """Prefix of the metrics, in segments of JSON lines."""
    return f"{incarnation(run_digest, number, token, start)}metrics/"


def evaluation(run_digest: str, checkpoint_digest: str, settings_digest: str) -> str:
    """The one result of a checkpoint under one set of settings."""
    return f"runs/{run_digest}/evaluations/{checkpoint_digest}-{settings_digest}.json"


def generations(run_digest: str, checkpoint_digest: str, settings_digest: str, sha256: str) -> str:
    """What an evaluation generated, named by its content: a later try that rounds otherwise overwrites nothing."""
    return f"runs/{run_digest}/evaluations/{checkpoint_digest}-{settings_digest}-{sha256}.safetensors"


def job(name: str) -> str:
    """Prefix of what a job leaves beside its results."""
    return f"jobs/{name}/"


def job_log(job: str) -> str:
    """What the job said; the control plane writes it when the job has ended."""
    return f"jobs/{job}/log.txt"


def job_result(job: str) -> str:
    """What a job leaves for the one who asked for it."""
    return f"jobs/{job}/result.json"


def sweep(sweep_id: str) -> str:
    """Prefix of everything that belongs to a sweep alone: its reports."""
    return f"sweeps/{sweep_id}/"


def analysis(sweep: str, digest: str) -> str:
    """Prefix of a report."""
    return f"sweeps/{sweep}/analyses/{digest}/"


def gate(sweep: str, digest: str) -> str:
    """Prefix of a gate's verdict."""
    return f"sweeps/{sweep}/gates/{digest}/"
