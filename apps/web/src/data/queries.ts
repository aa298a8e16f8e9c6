import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem } from '@titrate/api-client';
import { refuseToken } from './session.ts';

const MINUTE_MS = 60_000;

/**
 * What the page holds of the server. Keys begin with the noun: `['sweeps', ...]`, `['sweep', ID, ...]`, `['run', ID, ...]`;
 * events of the stream make them stale by it (live.ts). What nobody looks at is dropped after a minute, so that a page
 * which is open all night holds what it shows and no more.
 */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof ApiProblem && error.status === 401) refuseToken();
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      gcTime: MINUTE_MS,
      // A refusal stays one; an outage is told by the connection's state and asked again.
      retry: (failures, error) => !(error instanceof ApiProblem && error.status < 500) && failures < 3,
      refetchOnWindowFocus: true,
    },
  },
});
