import { existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startApi, startWorker } from './apps.ts';
import { startPostgres } from './postgres.ts';
import { startSeaweedfs } from './seaweedfs.ts';
import type { StackOptions } from './stack.ts';
import type { StackPaths, StackSecrets } from './stack-folder.ts';
import type { StackPorts } from './stack-ports.ts';
import { pythonOf, type StackView } from './stack-view.ts';
import type { Part } from './supervise.ts';
import { startTemporal } from './temporal.ts';

/** How each part of a stack is started. */
export function describeParts(
  paths: StackPaths,
  ports: StackPorts,
  secrets: StackSecrets,
  options: StackOptions,
  view: StackView,
): { servers: Part[]; worker: Part; api: Part } {
  const python = pythonOf(options);
  const log = (name: string) => rotate(join(paths.logs, `${name}.log`));
  const keys = { accessKeyId: secrets.storeAccessKeyId, secretAccessKey: secrets.storeSecretAccessKey };
  const seaweedfs: Part = {
    name: 'SeaweedFS',
    start: () => startSeaweedfs({ directory: paths.seaweedfs, logFile: log('seaweedfs'), python, keys, ports }),
  };
  return {
    servers: [
      {
        name: 'PostgreSQL',
        start: () =>
          startPostgres({
            directory: paths.postgres,
            logFile: log('postgres'),
            python,
            password: secrets.postgresPassword,
            port: ports.postgres,
          }),
      },
      ...(options.store === undefined ? [seaweedfs] : []),
      { name: 'Temporal', start: () => startTemporal({ directory: paths.temporal, logFile: log('temporal'), python, ports }) },
    ],
    worker: { name: 'worker', start: () => startWorker({ python, logFile: log('worker'), environment: view.environment }) },
    api: { name: 'API', start: () => startApi({ python, logFile: log('api'), environment: view.environment }, view.apiUrl) },
  };
}

/** Puts a log above 32 MB aside, under one older name, before its process is started. */
function rotate(path: string): string {
  if (existsSync(path) && statSync(path).size > 32 * 1024 * 1024) renameSync(path, `${path}.1`);
  return path;
}
