import type { ArtifactStore } from '@titrate/artifact-store';
import {
  keys,
  sha256Hex,
  TriggerCount,
  type BaseSummary,
  type Corpus,
  type CorpusSummary,
  type JobConfiguration,
  type SweepPlan,
  type SweepSpec,
} from '@titrate/contracts';
import {
  namedSizes,
  otherCorpora,
  parseSweepSpec,
  planSweep,
  problemSentence,
  summariseBase,
  summariseCorpus,
  type NamedSize,
  type SpecProblem,
} from '@titrate/planning';
import type { Records } from '@titrate/records';
import { Fault } from '../http/fault.ts';
import type { ApiSettings, Planner } from '../ports.ts';
import type { ClusterReader } from './cluster-reader.ts';

/** Plans by the rules of libs/planning, with what the records know of the corpus. */
export class SpecPlanner implements Planner {
  private readonly records: Records;
  private readonly settings: Pick<ApiSettings, 'actor' | 'usdPerGpuHour'>;
  private readonly configuration: JobConfiguration;
  private readonly cluster: ClusterReader | null;
  private readonly artifacts: Pick<ArtifactStore, 'read'>;

  /** @param cluster tells what the nodes have where jobs run; null where there is no cluster. */
  constructor(
    records: Records,
    settings: Pick<ApiSettings, 'actor' | 'usdPerGpuHour'>,
    configuration: JobConfiguration,
    cluster: ClusterReader | null,
    artifacts: Pick<ArtifactStore, 'read'>,
  ) {
    this.records = records;
    this.settings = settings;
    this.configuration = configuration;
    this.cluster = cluster;
    this.artifacts = artifacts;
  }

  async plan(source: string | object): Promise<{ spec: SweepSpec; plan: SweepPlan }> {
    const parsed = parseSweepSpec(source);
    if (parsed.kind === 'problems') throw refusedSpec(parsed.problems);
    const registered = await this.corpus('corpus', parsed.spec.corpus);
    const corpus = summary(registered);
    const named = await Promise.all(otherCorpora(parsed.spec).map(({ field, corpus: name }) => this.corpus(field, name)));
    const others = named.map(summary);
    const triggerOccurrences = await this.occurrences([registered, ...named], parsed.spec.attack.trigger);
    const bases = await this.bases(parsed.spec);
    const { team } = this.settings.actor;
    const nodes = this.cluster === null ? null : ((await this.cluster())?.nodes ?? null);
    const jobs = { configuration: this.configuration, nodes };
    const planned = planSweep(parsed.spec, {
      team,
      corpus,
      others,
      bases,
      triggerOccurrences,
      usdPerGpuHour: this.settings.usdPerGpuHour,
      jobs,
    });
    if (planned.kind === 'problems') throw refusedSpec(planned.problems);
    await this.checkReference(parsed.spec, planned.plan);
    return { spec: parsed.spec, plan: planned.plan };
  }

  sizes(): readonly NamedSize[] {
    return namedSizes;
  }

  /** How often a trigger stands in the clean text of corpora, by their digests. */
  private async occurrences(corpora: readonly Corpus[], trigger: string): Promise<Map<string, TriggerCount['asText'] | null>> {
    return new Map(await Promise.all(corpora.map(async (one) => [summary(one).digest, await this.counted(one, trigger)] as const)));
  }

  /** From the corpus's own scan, or the count that somebody made since; null where there is neither. */
  private async counted({ digest, manifest }: Corpus, trigger: string): Promise<TriggerCount['asText'] | null> {
    const scanned = manifest?.scan.find(({ text }) => text === trigger);
    if (scanned !== undefined) return scanned;
    const bytes = digest === null ? null : await this.artifacts.read(keys.triggerCount(digest, sha256Hex(trigger)));
    return bytes === null ? null : TriggerCount.parse(JSON.parse(new TextDecoder().decode(bytes))).asText;
  }

  /** A reference outside the plan must be known, and have the vocabulary of what is scored under it. */
  private async checkReference({ evaluation: { reference } }: SweepSpec, { runs }: SweepPlan): Promise<void> {
    if (reference === null || runs.some(({ id }) => id === reference.run)) return;
    const identity = (await this.records.getRun(reference.run))?.identity;
    const field = 'evaluation.reference.run';
    if (identity === undefined)
      throw refusedSpec([{ field, rule: 'must be a run of this sweep or of an earlier one', value: reference.run }]);
    const vocabulary = runs[0]?.identity.vocabularySize;
    if (identity.vocabularySize !== vocabulary)
      throw refusedSpec([
        { field, rule: `must have a vocabulary of ${vocabulary} tokens, as the runs of this sweep`, value: reference.run },
      ]);
  }

  /** The registered bases that a spec names; planning refuses what is not among them. */
  private async bases({ grid }: SweepSpec): Promise<BaseSummary[]> {
    const found = await Promise.all((grid.bases ?? []).map((named) => this.records.getBase(this.settings.actor.team, named)));
    return found.flatMap((base) => {
      if (base === null) return [];
      const { name, state, reason, manifest } = base;
      if (!manifest) throw new Fault(409, 'base-not-ready', `Base ${name} cannot be used as it is ${state}${reason ? `: ${reason}` : ''}`);
      return [summariseBase(manifest)];
    });
  }

  private async corpus(field: string, nameOrDigest: string): Promise<Corpus> {
    const corpus = await this.records.getCorpus(this.settings.actor.team, nameOrDigest);
    if (corpus) return corpus;
    throw refusedSpec([{ field, rule: 'must be a registered corpus, by name or digest', value: nameOrDigest }]);
  }
}

/** What planning must know of a corpus; refused while it is not ready. */
function summary({ name, state, reason, manifest }: Corpus): CorpusSummary {
  if (!manifest) throw new Fault(409, 'corpus-not-ready', `Corpus ${name} cannot be used as it is ${state}${reason ? `: ${reason}` : ''}`);
  return summariseCorpus(manifest);
}

/** A 400 over everything that is wrong with a spec; its sentence tells the first. */
function refusedSpec(problems: SpecProblem[]): Fault {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new Fault(400, 'invalid-spec', `${first ? problemSentence(first) : 'Cannot accept the spec'}${more}`, problems);
}
