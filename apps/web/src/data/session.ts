import { createClient, type Client } from '@titrate/api-client';

/**
 * The token of this tab. It lies in sessionStorage, so that it ends with the tab, is sent by no request but our own, and
 * is not in reach of other sites. There is no cookie, and so no request that another site could forge.
 */
const KEY = 'titrate.token';

/** `token` is null until somebody gives one; `refused` tells that the server did not take the last one. */
export interface Session {
  readonly token: string | null;
  readonly refused: boolean;
}

const watchers = new Set<() => void>();
let current: Session = { token: takeFromAddress() ?? sessionStorage.getItem(KEY), refused: false };
if (current.token !== null) sessionStorage.setItem(KEY, current.token);

/** What `titrate page` prints carries the token behind the #, which no browser sends to a server. It leaves the address bar at once. */
function takeFromAddress(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token !== null) history.replaceState(null, '', location.pathname + location.search);
  return token;
}

function change(next: Session): void {
  current = next;
  if (next.token === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, next.token);
  for (const watcher of watchers) watcher();
}

/** For `useSyncExternalStore`. */
export const readSession = (): Session => current;
export function watchSession(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

export const signIn = (token: string): void => change({ token, refused: false });
export const signOut = (): void => change({ token: null, refused: false });

/** The server answered 401: the token is forgotten and asked for again. */
export const refuseToken = (): void => change({ token: null, refused: true });

/** The API as methods, with the token of the moment. */
export const api = (): Client => createClient({ server: location.origin, token: current.token ?? '' });
