import { digestOf, GateReport, JobResult, keys, shortDigest, type GateJob } from '@titrate/contracts';
import type { Dependencies } from '../dependencies.ts';
import { describeEnding, type JobEnding } from '../job/ending.ts';
import { launchTold } from '../job/job-watch.activities.ts';
import { putAway } from '../job/put-away.ts';
import { readDocument } from '../read-document.ts';
import { gatherSide } from './gather-side.activities.ts';

/** What a `gate` workflow does to the world. Each activity may be run again at any time. */
export function createGateActivities({ records, store, launcher, profileOf }: Dependencies) {
  return {
    /** Makes the job exist over the results of both sides and returns its name; null when there is a verdict, or nobody asks any more. */
    async launchGate(id: string, jobTry: string, excludedNodes: readonly string[] = []): Promise<string | null> {
      const work = await records.gateWork(id);
      if (work === null) return null;
      await records.gateStarted(id);
      const { applied, baseline } = work;
      const content = {
        gate: applied.gate,
        baseline: {
          ...{ name: baseline.name, version: baseline.version, sweep: baseline.sweep },
          cells: await gatherSide({ records, store }, baseline.sweep, baseline.report),
        },
        candidate: {
          ...{ sweep: applied.sweep, name: applied.sweepName },
          cells: await gatherSide({ records, store }, applied.sweep, applied.sweepReport),
        },
      };
      const name = `gate-${shortDigest(digestOf({ gate: id }))}-${jobTry}`;
      const outputPrefix = keys.gate(applied.sweep, digestOf(content));
      const document: GateJob = { version: 1, kind: 'gate', name, bucket: store.bucket, ...content, outputPrefix };
      const request = { name, document, profile: profileOf(document, null), excludedNodes };
      await launchTold(launcher, request, (reason) => records.recordJobWaiting({ kind: 'gate', gate: id }, reason));
      return name;
    },

    /** Records the verdict, or why there is none. Returns false when the job left nothing and another may try. */
    async settleGate(id: string, job: string, ending: JobEnding, isLast: boolean): Promise<boolean> {
      const result = await readDocument(store, keys.jobResult(job), JobResult);
      const isSettled = result?.gate !== undefined || result?.problem !== undefined || isLast;
      if (result?.gate !== undefined) {
        const report = await readDocument(store, result.gate, GateReport);
        if (report === null) throw new Error(`Cannot record gate ${id} as its report must be in the store: ${result.gate.key} is not`);
        await records.gateDecided(id, report.verdict, report.reasons, result.gate);
      } else if (isSettled) await records.gateFailed(id, `The gate could not be held: ${result?.problem ?? describeEnding(ending)}`);
      await putAway({ launcher, store }, job);
      return isSettled;
    },

    /** Settles a gate that can never have a verdict. */
    failGate: (id: string, reason: string) => records.gateFailed(id, `The gate could not be held: ${reason}`),
  };
}
