import type { Corpus, CorpusSummary, SweepPlan, SweepSpec } from '@titrate/contracts';
import { namedSizes, parseSweepSpec, planSweep, type NamedSize } from '@titrate/planning';
import type { Records } from '@titrate/records';
import { refusal } from '../http/contract.pipe.ts';
import { Fault } from '../http/fault.ts';
import type { ApiSettings, Planner } from '../ports.ts';

/** Plans by the rules of libs/planning, with what the records know of the corpus. */
export class SpecPlanner implements Planner {
  private readonly records: Records;
  private readonly settings: Pick<ApiSettings, 'actor' | 'usdPerGpuHour'>;

  constructor(records: Records, settings: Pick<ApiSettings, 'actor' | 'usdPerGpuHour'>) {
    this.records = records;
    this.settings = settings;
  }

  async plan(source: string | object): Promise<{ spec: SweepSpec; plan: SweepPlan }> {
    const parsed = parseSweepSpec(source);
    if (parsed.kind === 'problems') throw refusal(parsed.problems, 'invalid-spec');
    const corpus = summary(await this.corpus(parsed.spec.corpus));
    const { team } = this.settings.actor;
    const planned = planSweep(parsed.spec, { team, corpus, usdPerGpuHour: this.settings.usdPerGpuHour });
    if (planned.kind === 'problems') throw refusal(planned.problems, 'invalid-spec');
    return { spec: parsed.spec, plan: planned.plan };
  }

  sizes(): readonly NamedSize[] {
    return namedSizes;
  }

  private async corpus(nameOrDigest: string): Promise<Corpus> {
    const corpus = await this.records.getCorpus(this.settings.actor.team, nameOrDigest);
    if (corpus) return corpus;
    throw refusal([{ field: 'corpus', rule: 'must be a registered corpus, by name or digest', value: nameOrDigest }], 'invalid-spec');
  }
}

/** What planning must know of a corpus; refused while it is not ready. */
function summary({ name, state, reason, digest, manifest }: Corpus): CorpusSummary {
  if (!digest || !manifest) throw new Fault(409, 'corpus-not-ready', `Corpus ${name} cannot be used as it is ${state}${reason ? `: ${reason}` : ''}`);
  const { tokens, documents, vocabularySize, heldOutDocuments, addedTokenIds } = manifest;
  return { digest, name, tokens, documents, vocabularySize, heldOutDocuments, addedTokens: Object.keys(addedTokenIds) };
}
