import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { python } from './local-harness.ts';

/** Runs the supervisor's own watch over files that stand in for the kernel's: what it says before and after they change. */
function watch(before: [vmstat: string, meminfo: string], after: [vmstat: string, meminfo: string]): string {
  const script = `
import json, pathlib, sys, tempfile, linux
before, after = json.loads(sys.argv[1])
folder = pathlib.Path(tempfile.mkdtemp())
def put(texts):
    for name, text in zip(("vmstat", "meminfo"), texts):
        (folder / name).write_text(text) if text else (folder / name).unlink(missing_ok=True)
put(before)
memory = linux.MemoryWatch(folder / "vmstat", folder / "meminfo")
first = memory.saw_trouble(5)
put(after)
print(first, memory.saw_trouble(5), memory.saw_trouble(0))`;
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const { stdout, stderr } = spawnSync(python, ['-B', '-c', script, JSON.stringify([before, after])], { cwd, encoding: 'utf8' });
  return stdout.trim() || stderr;
}

const plenty = 'MemTotal:  1000 kB\nMemAvailable:  500 kB\n';

describe('evidence that memory ran out', () => {
  it('is a kill that the kernel counted while the job ran, for a while', () => {
    expect(watch(['nr_free 1\noom_kill 7\n', plenty], ['nr_free 1\noom_kill 8\n', plenty])).toBe('False True False');
  });

  it('is memory that was nearly used up, where a killer of another kind may have been at work', () => {
    expect(watch(['oom_kill 7\n', plenty], ['oom_kill 7\n', 'MemTotal:  1000 kB\nMemAvailable:  20 kB\n'])).toBe('False True False');
  });

  it('is not a kill from before the job, nor silence of the kernel', () => {
    expect(watch(['oom_kill 7\n', plenty], ['oom_kill 7\n', plenty])).toBe('False False False');
    expect(watch(['', ''], ['', ''])).toBe('False False False');
  });
});
