import { Suspense, useEffect, useSyncExternalStore } from 'react';
import { Route, Switch } from 'wouter';
import { followLive } from '../data/live.ts';
import { queryClient } from '../data/queries.ts';
import { readSession, watchSession } from '../data/session.ts';
import { pages } from '../pages.ts';
import { Loading, NotThere } from '../parts/state.tsx';
import { Shell } from './shell.tsx';
import { TokenPrompt } from './token-prompt.tsx';

/** The page for somebody with a token, or the question for one. */
export function App() {
  const { token, refused } = useSyncExternalStore(watchSession, readSession);
  useEffect(() => {
    if (token === null) return queryClient.clear();
    const life = new AbortController();
    void followLive(life.signal);
    return () => life.abort();
  }, [token]);
  if (token === null) return <TokenPrompt refused={refused} />;
  return (
    <Shell>
      <Suspense fallback={<Loading what="page" />}>
        <Switch>
          {pages.map(({ path, component }) => (
            <Route key={path} path={path} component={component} />
          ))}
          <Route>
            <NotThere what="page" />
          </Route>
        </Switch>
      </Suspense>
    </Shell>
  );
}
