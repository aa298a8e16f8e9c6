import { KubeConfig, type RequestContext } from '@kubernetes/client-node';

/** Keeps connections: the client as it is makes a pool of its own, and a TLS handshake, for each request, which would be measured too. */
export class PooledKubeConfig extends KubeConfig {
  #pool: ReturnType<RequestContext['getDispatcher']>;

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    this.#pool ??= context.getDispatcher();
    if (this.#pool !== undefined) context.setDispatcher(this.#pool);
  }
}
