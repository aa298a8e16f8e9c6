import { readFileSync } from 'node:fs';
import { readJobConfiguration } from '@titrate/planning';
import type { ApiSettings } from './ports.ts';

/** Everything that the program is told from outside. Read once, by `main.ts`. */
export interface Configuration extends ApiSettings {
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  /** HOST:PORT of a second listener with the metrics alone, for a Prometheus that knows no token; empty for none. */
  readonly metricsAddress: string;
  readonly postgresUrl: string;
  readonly store: {
    readonly endpoint: string;
    readonly region: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly bucket: string;
  };
  /** Where local jobs have their folders; not used with another launcher. */
  readonly jobsDirectory: string;
  readonly python: string | undefined;
}

/** A variable of the environment is absent or cannot be what it is. */
export class ConfigurationInvalid extends Error {
  readonly code = 'configuration-invalid';
  override readonly name = 'ConfigurationInvalid';
}

const GIBIBYTE = 1024 ** 3;

/**
 * Reads the environment.
 * @throws ConfigurationInvalid naming the variable, the rule and, unless it is a secret, the value; JobConfigurationInvalid.
 */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  const text = (name: string, fallback?: string) => required(environment, name, fallback);
  const number = <F extends number | undefined>(name: string, rule: string, accepts: (value: number) => boolean, fallback: F) =>
    numeric(environment, name, rule, accepts, fallback);
  const isPositive = (value: number) => Number.isSafeInteger(value) && value > 0;
  const isPort = (value: number) => Number.isInteger(value) && value >= 0 && value <= 65_535;
  const rereadJobs = () => readJobConfiguration(environment['TITRATE_JOB_CONFIGURATION'], (path) => readFileSync(path, 'utf8'));
  const jobs = rereadJobs();
  return {
    host: text('TITRATE_API_HOST', '127.0.0.1'),
    port: number('TITRATE_API_PORT', 'a port from 0 to 65535', isPort, 8080),
    logLevel: text('TITRATE_LOG_LEVEL', 'info'),
    metricsAddress: environment['TITRATE_API_METRICS_ADDRESS'] ?? '',
    token: secret(environment, 'TITRATE_API_TOKEN'),
    allowedHosts: text('TITRATE_API_ALLOWED_HOSTS', '')
      .split(',')
      .filter((name) => name !== ''),
    uploadLimitBytes: number('TITRATE_UPLOAD_LIMIT_BYTES', 'a number of bytes above 0', isPositive, 20 * GIBIBYTE),
    usdPerGpuHour: number('TITRATE_USD_PER_GPU_HOUR', 'a price above 0', (value) => Number.isFinite(value) && value > 0, undefined) ?? null,
    actor: { team: text('TITRATE_TEAM', 'default'), name: text('TITRATE_ACTOR', 'owner') },
    temporalAddress: text('TITRATE_TEMPORAL_ADDRESS'),
    postgresUrl: text('TITRATE_POSTGRES_URL'),
    store: {
      endpoint: text('AWS_ENDPOINT_URL'),
      region: text('AWS_REGION', 'us-east-1'),
      accessKeyId: text('AWS_ACCESS_KEY_ID'),
      secretAccessKey: text('AWS_SECRET_ACCESS_KEY'),
      bucket: text('TITRATE_BUCKET', 'titrate'),
    },
    jobs,
    rereadJobs,
    jobsDirectory: text('TITRATE_JOBS_DIRECTORY', jobs.launcher.kind === 'local' ? undefined : '-'),
    python: environment['TITRATE_PYTHON'],
  };
}

function required(environment: NodeJS.ProcessEnv, name: string, fallback: string | undefined): string {
  const value = environment[name] || fallback;
  if (value === undefined) throw new ConfigurationInvalid(`Cannot start the API as the variable ${name} must be set`);
  return value;
}

function numeric<F extends number | undefined>(
  environment: NodeJS.ProcessEnv,
  name: string,
  rule: string,
  accepts: (value: number) => boolean,
  fallback: F,
): number | F {
  const text = environment[name];
  if (text === undefined || text === '') return fallback;
  if (!accepts(Number(text)))
    throw new ConfigurationInvalid(`Cannot start the API as ${name} must be ${rule}: current value is ${JSON.stringify(text)}`);
  return Number(text);
}

/** A short token could be guessed by another user of the machine. */
function secret(environment: NodeJS.ProcessEnv, name: string): string {
  const value = required(environment, name, undefined);
  if (value.length < 16)
    throw new ConfigurationInvalid(`Cannot start the API as ${name} must have at least 16 characters: it has ${value.length}`);
  return value;
}
