import { freePorts, isPortFree } from './free-ports.ts';
import { pickSeaweedPorts, seaweedPorts } from './seaweedfs.ts';
import { StackRefused } from './stack-errors.ts';
import { temporalPorts } from './temporal.ts';

const portNames = ['api', 'workerMetrics', 'workerSdkMetrics', 'postgres', ...temporalPorts, ...seaweedPorts] as const;
/** Every port that the parts of a stack listen on. */
export type StackPorts = Record<(typeof portNames)[number], number>;

/** The last ports where they are still free, so that addresses survive a restart. @throws StackRefused when a port that was asked for is taken */
export async function pickPorts(last: Partial<StackPorts>, apiPort: number | undefined): Promise<StackPorts> {
  if (apiPort !== undefined && !(await isPortFree(apiPort))) {
    throw new StackRefused(
      `Cannot start the API as its port must be free: somebody listens on 127.0.0.1:${apiPort}. Choose another, or leave it to the system.`,
    );
  }
  const ports = await freePorts(portNames, { ...last, ...(apiPort === undefined ? {} : { api: apiPort }) });
  return { ...ports, ...(await pickSeaweedPorts(ports)) };
}
