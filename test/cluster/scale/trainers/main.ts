/**
 * Runs the simulated trainers of one namespace until it is signalled. A process of its own, so that what it costs is told
 * apart from what is measured. Its settings are one JSON document in the environment; it prints what it did, a JSON line each.
 */
import { createS3ArtifactStore } from '@titrate/artifact-store/s3';
import { z } from 'zod';
import { PooledKubeConfig } from '../pooled-kubeconfig.ts';
import { startSimulatedTrainers } from './simulated-trainers.ts';

const Settings = z.strictObject({
  kubeconfig: z.string(),
  namespace: z.string(),
  python: z.string(),
  trainSeconds: z.number(),
  evaluateSeconds: z.number(),
  store: z.record(z.string(), z.string()),
});

const settings = Settings.parse(JSON.parse(process.env['TITRATE_SIMULATION'] ?? ''));
const kubeConfig = new PooledKubeConfig();
kubeConfig.loadFromFile(settings.kubeconfig);
const { AWS_ENDPOINT_URL = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_REGION = '', TITRATE_BUCKET = '' } = settings.store;

const trainers = await startSimulatedTrainers({
  ...settings,
  kubeConfig,
  store: createS3ArtifactStore({
    endpoint: AWS_ENDPOINT_URL,
    region: AWS_REGION,
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    bucket: TITRATE_BUCKET,
  }),
  storeEnvironment: settings.store,
  tell: (what) => process.stdout.write(`${JSON.stringify(what)}\n`),
});
process.stdout.write('{"kind":"ready"}\n');
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void trainers.stop().then(() => process.exit(0)));
