import { describe, expect, it } from '@jest/globals';
import { counter, gauge, histogram } from '../metric.ts';
import { Snapshot } from './snapshot.ts';

const lines = async (snapshot: Snapshot): Promise<string[]> =>
  (await snapshot.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('a snapshot', () => {
  it('shows counters from their sums, and those with known labels at 0 before', async () => {
    const snapshot = new Snapshot();
    const ended = counter('ended_total', 'Ended', { state: ['done', 'failed'] });
    const byTeam = counter('by_team_total', 'By team', { team: null });
    snapshot.count([ended, byTeam], [{ metric: 'ended_total', labels: ['failed'], by: 3 }]);
    expect(await lines(snapshot)).toEqual(['ended_total{state="done"} 0', 'ended_total{state="failed"} 3']);
  });

  it('adds up the buckets of a histogram', async () => {
    const snapshot = new Snapshot();
    const counts = [
      { metric: 'wait_seconds_bucket', labels: ['a', '1'], by: 2 },
      { metric: 'wait_seconds_bucket', labels: ['a', '+Inf'], by: 1 },
      { metric: 'wait_seconds_sum', labels: ['a'], by: 101 },
    ];
    snapshot.count([histogram('wait_seconds', 'Wait', { size: null }, [1, 10])], counts);
    expect(await lines(snapshot)).toEqual([
      'wait_seconds_bucket{size="a",le="1"} 2',
      'wait_seconds_bucket{size="a",le="10"} 2',
      'wait_seconds_bucket{size="a",le="+Inf"} 3',
      'wait_seconds_sum{size="a"} 101',
      'wait_seconds_count{size="a"} 3',
    ]);
  });

  it('shows a histogram without labels before anything was observed', async () => {
    const snapshot = new Snapshot();
    snapshot.count([histogram('wait_seconds', 'Wait', {}, [1])], []);
    expect(await lines(snapshot)).toEqual([
      'wait_seconds_bucket{le="1"} 0',
      'wait_seconds_bucket{le="+Inf"} 0',
      'wait_seconds_sum 0',
      'wait_seconds_count 0',
    ]);
  });

  it('sets what emptied to 0, and leaves out what is not known', async () => {
    const snapshot = new Snapshot();
    snapshot.setEach(gauge('runs', 'Runs', { state: ['running', 'idle'] }), { running: 2 });
    snapshot.set(gauge('loss', 'Loss', { run: null }), { run: 'x' }, null);
    expect(await lines(snapshot)).toEqual(['runs{state="running"} 2', 'runs{state="idle"} 0']);
  });
});
