import type { ArtifactStore } from '@titrate/artifact-store';
import type { JobConfiguration, SweepPlan, SweepSpec } from '@titrate/contracts';
import type { JobLauncher } from '@titrate/job-launcher';
import type { NamedSize } from '@titrate/planning';
import type { Actor, Records } from '@titrate/records';
import type { ApiMetrics } from './health/metrics.ts';

/** Injection tokens: explicit, so that nothing hangs on what a compiler writes into classes. */
export const RECORDS = Symbol('records');
export const ARTIFACTS = Symbol('artifact store');
export const LAUNCHER = Symbol('job launcher');
export const PLANNER = Symbol('planner');
export const SETTINGS = Symbol('settings');

/** Turns what was sent into a plan, by the rules of libs/planning. */
export interface Planner {
  /** Reads a spec from YAML text or from a parsed value, finds its corpus, and plans it; throws a 400 that names each fault. */
  plan(source: string | object): Promise<{ spec: SweepSpec; plan: SweepPlan }>;
  /** The sizes that specs may name. */
  sizes(): readonly NamedSize[];
}

/** What the API must be told; read from the environment by `main.ts`. */
export interface ApiSettings {
  /** What jobs may use and how they fail, as the operator says. */
  readonly jobs: JobConfiguration;
  /** Reads the job configuration as it stands now; throws JobConfigurationInvalid. */
  readonly rereadJobs: () => JobConfiguration;
  /** Whoever holds the token acts as this. */
  readonly actor: Actor;
  readonly token: string;
  /** Names beside the loopback ones that may stand in the Host header. */
  readonly allowedHosts: readonly string[];
  /** Largest upload in bytes. */
  readonly uploadLimitBytes: number;
  /** Price for estimates; null leaves them without one. */
  readonly usdPerGpuHour: number | null;
  /** host:port of Temporal: the API only asks whether it answers. */
  readonly temporalAddress: string;
}

/** Everything that the API calls. The adapters are chosen in `adapters.ts`. */
export interface ApiParts {
  readonly records: Records;
  readonly artifacts: ArtifactStore;
  readonly launcher: JobLauncher;
  readonly planner: Planner;
  readonly settings: ApiSettings;
  readonly metrics: ApiMetrics;
}
