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


def checkpoint(run_digest: str, number: int, token: str, step: int) -> str:
    """Prefix of the objects of a checkpoint."""
    return f"{attempt(run_digest, number, token)}step{step:08d}/"


def plan(run_digest: str, number: int, token: str) -> str:
    """The materialised poison plan."""
    return f"{attempt(run_digest, number, token)}plan.json"


def progress(run_digest: str, number: int, token: str) -> str:
    """How far the attempt is; the one object that is rewritten."""
    return f"{attempt(run_digest, number, token)}progress.json"


def metrics(run_digest: str, number: int, token: str) -> str:
    """Prefix of the metrics, in segments of JSON lines."""
    return f"{attempt(run_digest, number, token)}metrics/"


def evaluation(run_digest: str, checkpoint_digest: str, settings_digest: str) -> str:
    """The one result of a checkpoint under one set of settings."""
    return f"runs/{run_digest}/evaluations/{checkpoint_digest}-{settings_digest}.json"


def job_result(job: str) -> str:
    """What a job leaves for the one who asked for it."""
    return f"jobs/{job}/result.json"


def sweep(sweep_id: str) -> str:
    """Prefix of everything that belongs to a sweep alone: its reports."""
    return f"sweeps/{sweep_id}/"


def analysis(sweep: str, digest: str) -> str:
    """Prefix of a report."""
    return f"sweeps/{sweep}/analyses/{digest}/"
