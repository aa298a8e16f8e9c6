import type { Digest } from './primitives.ts';

/** Where things lie in the artifact store. The Python twin is `trainer/keys.py`; one example file is read by the tests of both. */
export const keys = {
  upload: (id: string) => `uploads/${id}`,
  corpus: (digest: Digest) => `corpora/${digest}/`,
  corpusManifest: (digest: Digest) => `corpora/${digest}/manifest.json`,
  corpusWork: (work: Digest) => `corpora/work/${work}/`,
  corpusProgress: (work: Digest) => `corpora/work/${work}/progress.json`,
  triggerCount: (corpus: Digest, text: Digest) => `corpora/${corpus}/triggers/${text}.json`,
  base: (digest: Digest) => `bases/${digest}/`,
  baseManifest: (digest: Digest) => `bases/${digest}/manifest.json`,
  run: (run: Digest) => `runs/${run}/`,
  runIdentity: (run: Digest) => `runs/${run}/run.json`,
  log: (run: Digest) => `runs/${run}/log/`,
  logEntry: (run: Digest, seq: number) => `runs/${run}/log/${String(seq).padStart(8, '0')}.json`,
  attempt: (run: Digest, attempt: number, token: string) => `runs/${run}/attempts/${attempt}-${token}/`,
  progress: (run: Digest, attempt: number, token: string) => `${keys.attempt(run, attempt, token)}progress.json`,
  /** Each start of an attempt behind the first writes to a prefix of its own. */
  metrics: (run: Digest, attempt: number, token: string, start = 1) =>
    `${keys.attempt(run, attempt, token)}${start > 1 ? `${start}/` : ''}metrics/`,
  evaluation: (run: Digest, checkpoint: Digest, settings: Digest) => `runs/${run}/evaluations/${checkpoint}-${settings}.json`,
  generations: (run: Digest, checkpoint: Digest, settings: Digest, sha256: Digest) =>
    `runs/${run}/evaluations/${checkpoint}-${settings}-${sha256}.safetensors`,
  job: (job: string) => `jobs/${job}/`,
  jobLog: (job: string) => `jobs/${job}/log.txt`,
  jobResult: (job: string) => `jobs/${job}/result.json`,
  sweep: (sweep: string) => `sweeps/${sweep}/`,
  analysis: (sweep: string, digest: Digest) => `sweeps/${sweep}/analyses/${digest}/`,
  gate: (sweep: string, digest: Digest) => `sweeps/${sweep}/gates/${digest}/`,
} as const;
