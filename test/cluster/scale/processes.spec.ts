import { spawn, spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { cpuSecondsOf, peakMemoryOf } from './processes.ts';

const burn = 'while (process.cpuUsage().user < 400_000);';

describe('cpuSecondsOf()', () => {
  it('counts children, those that have ended included', () => {
    const before = cpuSecondsOf(process.pid);
    spawnSync(process.execPath, ['-e', burn]);
    expect(cpuSecondsOf(process.pid) - before).toBeGreaterThan(0.3);
  });

  it('is 0 for a process that is gone', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    expect(cpuSecondsOf(pid)).toBe(0);
  });
});

describe('peakMemoryOf()', () => {
  it('is what the process held at most', async () => {
    const child = spawn(process.execPath, ['-e', `Buffer.alloc(300e6, 1); console.log('held'); setInterval(() => 0, 1000)`]);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(peakMemoryOf(child.pid as number)).toBeGreaterThan(300e6);
    child.kill();
  });
});
