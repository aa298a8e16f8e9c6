import { useSyncExternalStore } from 'react';
import { readConnection, watchConnection } from '../data/live.ts';

/** Whether the page is live. A change is told to screen readers as well. */
export function ConnectionState() {
  const connection = useSyncExternalStore(watchConnection, readConnection);
  return (
    <span className={`connection ${connection.kind}`} role="status">
      {connection.kind === 'open' && <>● Live</>}
      {connection.kind === 'connecting' && <>○ Connecting</>}
      {connection.kind === 'lost' && (
        <span title={connection.reason}>▲ Connection lost at {connection.since.toLocaleTimeString()}; trying again</span>
      )}
    </span>
  );
}
