import { KubeConfig, type RequestContext } from '@kubernetes/client-node';
import { ClusterRefused } from '../errors.ts';

/**
 * The cluster to talk to: that of a kubeconfig file, or by the usual order: `KUBECONFIG`, the file in the home folder, the pod itself.
 *
 * @throws ClusterRefused when the file cannot be read, or has no such context.
 */
export function connect(kubeconfig: string | undefined, context: string | null): KubeConfig {
  const config = new PooledKubeConfig();
  const origin = kubeconfig ?? process.env.KUBECONFIG ?? 'the default kubeconfig';
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw new ClusterRefused(`Cannot reach a cluster as ${origin} must be a kubeconfig that can be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (context !== null) config.setCurrentContext(context);
  const known = config.getContexts().map(({ name }) => name);
  if (config.getCurrentCluster() === null)
    throw new ClusterRefused(
      `Cannot reach a cluster as the context must be one of ${origin} (${known.join(', ')}) and name a cluster of it: current value is "${config.getCurrentContext()}"`,
    );
  return config;
}

/** A client certificate that was replaced is taken up after so long; tokens are read for every request. */
const renewMs = 300_000;

type Dispatcher = ReturnType<RequestContext['getDispatcher']>;

/**
 * Keeps connections: the client as it is makes a pool of its own for each request, and with it a TLS handshake, which costs client and
 * API server more than most requests do.
 */
class PooledKubeConfig extends KubeConfig {
  #pool: Dispatcher;
  #renewAt = 0;

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    if (Date.now() >= this.#renewAt) {
      // Requests under way end on the pool before, whose connections close when they have been idle.
      this.#pool = context.getDispatcher();
      this.#renewAt = Date.now() + renewMs;
    }
    if (this.#pool !== undefined) context.setDispatcher(this.#pool);
  }
}
