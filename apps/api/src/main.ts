import { JobConfigurationInvalid } from '@titrate/planning';
import { ClusterRefused, createParts } from './adapters.ts';
import { closeApplication, createApplication, createLogger } from './application.ts';
import { ConfigurationInvalid, readConfiguration } from './configuration.ts';

/** Starts the API: reads the environment, brings the schema up to date, proves the store, listens; ends cleanly on a signal. */
async function main(): Promise<void> {
  const configuration = await told(() => readConfiguration(process.env));
  const logger = createLogger(configuration.logLevel);
  const parts = await told(() => createParts(configuration));
  await parts.records.migrate();
  await parts.artifacts.prepare();
  const app = await createApplication(parts, logger);
  const metricsServer = configuration.metricsAddress ? await parts.metrics.serve(configuration.metricsAddress, parts.records) : null;
  const stop = async (signal: string): Promise<void> => {
    logger.info({ signal }, 'api stopping');
    await closeApplication(app);
    await metricsServer?.close();
    await parts.records.close();
    logger.info('api stopped');
  };
  process.once('SIGTERM', (signal) => void stop(signal));
  process.once('SIGINT', (signal) => void stop(signal));
  await app.listen(configuration.port, configuration.host);
  logger.info({ url: await app.getUrl() }, 'api ready');
}

/** What an operator has to mend, a missing variable say or a kubeconfig, is told in a sentence, not in a stack trace. */
async function told<T>(pick: () => T | Promise<T>): Promise<T> {
  try {
    return await pick();
  } catch (error) {
    const kinds = [ConfigurationInvalid, JobConfigurationInvalid, ClusterRefused];
    if (!(error instanceof Error) || !kinds.some((kind) => error instanceof kind)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

await main();
