import { execFileSync } from 'node:child_process';
import { existsSync, statfsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A reason to stop that is meant for the reader: what is wrong and what to do. */
export class SetupRefused extends Error {}

const KNOWN = {
  'linux arm64': 'Linux on arm64: wheels of all parts but the embedded servers are known to exist, but it was not tried.',
  'darwin x64': 'macOS: PyTorch 2.13 has no wheels for Intel Macs, and the stack leans on Linux (parent-death signals, /proc).',
  'darwin arm64': 'macOS: the stack leans on Linux (parent-death signals, /proc). A Linux virtual machine or container works.',
  'win32 x64': 'Windows: use WSL 2, which is Linux; it was not tried.',
};

/** Refuses what cannot work, before anything is downloaded. @throws SetupRefused */
export function checkPlatform() {
  const here = `${process.platform} ${process.arch}`;
  if (here !== 'linux x64') {
    throw new SetupRefused(
      `Cannot set up Titrate as the platform must be Linux on x86-64: current value is ${here}.\n${KNOWN[here] ?? 'Nothing is known about it.'}`,
    );
  }
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new SetupRefused(`Cannot set up Titrate as Node must be 20.19 or newer: current value is ${process.versions.node}.`);
  }
  if (!onPath('git')) throw new SetupRefused('Cannot set up Titrate as git must be installed: it was not found on the PATH.');
}

/** The first program of this name on the PATH, or null. */
export function onPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** A Python of the machine that PyTorch has wheels for. @throws SetupRefused */
export function findPython() {
  const seen = [];
  for (const name of ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.14', 'python']) {
    const version = pythonVersion(name);
    if (version === null) continue;
    const [major, minor] = version.split('.').map(Number);
    if (major === 3 && minor >= 11 && minor <= 14) return name;
    seen.push(`${name} is ${version}`);
  }
  throw new SetupRefused(
    `Cannot set up Titrate as Python must be 3.11, 3.12, 3.13 or 3.14 (with ssl, zlib and ctypes): ${seen.join(', ') || 'none was found on the PATH'}.`,
  );
}

/** Version of a Python that runs and is complete, or null. Some distributions and version managers put names on the PATH that do not run. */
export function pythonVersion(program) {
  try {
    const script = 'import ctypes, ssl, zlib, sys; print("%d.%d.%d" % sys.version_info[:3])';
    return execFileSync(program, ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 20_000 }).trim();
  } catch {
    // Not there, or not a Python that can be used: the caller says so when no other is.
    return null;
  }
}

/** Refuses a disk on which the Python environment would not fit. @throws SetupRefused */
export function checkDisk(folder, neededBytes) {
  const stats = statfsSync(folder);
  const free = stats.bavail * stats.bsize;
  if (free < neededBytes) {
    throw new SetupRefused(
      `Cannot set up Titrate as ${gigabytes(neededBytes)} of disk must be free at ${folder}: current value is ${gigabytes(free)}.`,
    );
  }
}

export function gigabytes(bytes) {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
