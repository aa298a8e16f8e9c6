import { describe, expect } from '@jest/globals';
import type { ProcessReport } from '@titrate/contracts';
import type { WithRecords } from './lists.contract.ts';

const reportOf = (instance: string, found = 'fine'): ProcessReport => ({
  ...{ instance, kind: 'worker', version: '0.1.0', startedAt: '2026-01-01T00:00:00.000Z', jobs: 'a'.repeat(64) },
  checks: [{ part: 'temporal', name: 'namespace', state: 'ok', found, mend: null }],
});

/** The part of the contract that is about processes of the control plane. */
export function testProcesses(withRecords: WithRecords): void {
  describe('processes', () => {
    withRecords('are known by their last word, until they take themselves back', async (records, { twice }) => {
      await twice(() => records.reportProcess(reportOf('1@a')));
      await records.reportProcess(reportOf('2@b'));
      await records.reportProcess(reportOf('1@a', 'better'));
      const [first, second, ...rest] = await records.listProcesses();
      expect([first, second, rest]).toMatchObject([{ ...reportOf('1@a', 'better') }, { ...reportOf('2@b') }, []]);
      expect(first!.secondsAgo).toBeLessThan(30);
      expect(second!.secondsAgo).toBeGreaterThanOrEqual(first!.secondsAgo);
      await twice(() => records.processEnded('1@a'));
      expect((await records.listProcesses()).map(({ instance }) => instance)).toEqual(['2@b']);
      expect(await records.listLedger(0, 10)).toEqual([]);
    });
  });
}
