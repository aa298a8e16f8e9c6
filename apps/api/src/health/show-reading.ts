import type { MetricsReading, RunAtWork } from '@titrate/records';
import { counted, shown, shownOfRun } from '@titrate/telemetry';
import { Snapshot } from '@titrate/telemetry/prometheus';

/** People know a run by the start of its digest. */
const SHORT = 12;

/** Shows what the records tell as metrics. @param nowMs the time, for ages */
export function showReading(reading: MetricsReading, nowMs: number): Snapshot {
  const snapshot = new Snapshot();
  snapshot.count(Object.values(counted), reading.counts);
  snapshot.setEach(shown.sweeps, reading.sweeps);
  snapshot.setEach(shown.runs, reading.runs);
  snapshot.setEach(shown.evaluations, reading.evaluations);
  const { oldestBacklog, ledger } = reading;
  snapshot.set(shown.backlogAge, {}, oldestBacklog === null ? 0 : Math.max(0, nowMs - Date.parse(oldestBacklog)) / 1000);
  snapshot.set(shown.outboxRows, {}, reading.outbox);
  snapshot.set(shown.ledgerEntries, {}, ledger.entries);
  snapshot.set(shown.ledgerTime, {}, ledger.newestAt === null ? null : Date.parse(ledger.newestAt) / 1000);
  for (const { id, name, team, gpuSeconds, runs } of reading.liveSweeps) {
    snapshot.set(shown.sweepGpuSeconds, { sweep: id, name, team }, gpuSeconds);
    for (const state of shown.sweepRuns.labels.state) snapshot.set(shown.sweepRuns, { sweep: id, name, state }, runs[state] ?? 0);
  }
  for (const run of reading.atWork) showRun(snapshot, run);
  return snapshot;
}

function showRun(snapshot: Snapshot, run: RunAtWork): void {
  const labels = { run: run.id.slice(0, SHORT), size: run.size, dose: String(run.dose), sweep: run.sweep ?? '' };
  const { progress, newestCheckpoint } = run;
  snapshot.set(shownOfRun.steps, labels, run.steps);
  snapshot.set(shownOfRun.attempt, labels, run.attempt);
  snapshot.set(shownOfRun.waiting, labels, run.waiting ? 1 : 0);
  snapshot.set(shownOfRun.launchTime, labels, Date.parse(run.launchedAt) / 1000);
  snapshot.set(shownOfRun.checkpointTime, labels, newestCheckpoint && Date.parse(newestCheckpoint.at) / 1000);
  snapshot.set(shownOfRun.checkpointInterval, labels, checkpointInterval(run));
  if (progress === null) return;
  snapshot.set(shownOfRun.step, labels, progress.step);
  snapshot.set(shownOfRun.tokensPerSecond, labels, progress.tokensPerSecond);
  snapshot.set(shownOfRun.mfu, labels, progress.mfu);
  snapshot.set(shownOfRun.dataWait, labels, progress.dataWaitShare);
  snapshot.set(shownOfRun.loss, labels, progress.loss);
  snapshot.set(shownOfRun.gradientNorm, labels, progress.gradientNorm);
  snapshot.set(shownOfRun.progressTime, labels, Date.parse(progress.at) / 1000);
}

/** Seconds from the newest checkpoint, or the start, to the next, by the run's speed; null before that is known and behind the last. */
export function checkpointInterval({ progress, newestCheckpoint, checkpointSteps, tokens, steps }: RunAtWork): number | null {
  const from = newestCheckpoint?.step ?? 0;
  const next = Math.min(...checkpointSteps.filter((step) => step > from));
  const speed = progress?.tokensPerSecond ?? 0;
  return speed > 0 && Number.isFinite(next) ? ((next - from) * (tokens / steps)) / speed : null;
}
