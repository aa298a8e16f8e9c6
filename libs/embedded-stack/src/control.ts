import { existsSync } from 'node:fs';
import { LayoutRefused, readState, stackPaths } from './stack-folder.ts';
import { isAlive, signalAll, type ProcessIdentity } from './process-identity.ts';
import { readStack, removeStack, startStack, type OwnedStack, type StackOptions, type StackProgress } from './stack.ts';
import { StackTaken } from './stack-errors.ts';
import type { StackView } from './stack-view.ts';

/** A stack to work with: one that ran already, or one that this process started. */
export type EnsuredStack =
  { readonly startedHere: false; readonly stack: StackView } | { readonly startedHere: true; readonly stack: OwnedStack };

const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 60_000;

/**
 * Uses the stack of a folder when one runs, waits for one that is starting, or starts one, which this process then owns:
 * `stop` it in the end. What ran already is left alone.
 */
export async function ensureStack(
  folder: string,
  onProgress?: (progress: StackProgress) => void,
  options: Omit<StackOptions, 'folder' | 'onProgress'> = {},
): Promise<EnsuredStack> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const stack = readStack(folder);
    if (stack !== null) return { startedHere: false, stack };
    try {
      return { startedHere: true, stack: await startStack({ ...options, folder, onProgress }) };
    } catch (error) {
      // Another process is starting or stopping this stack: look again until it has done so.
      if (!(error instanceof StackTaken) || Date.now() > deadline) throw error;
      onProgress?.({ kind: 'starting', part: 'stack', message: 'another process is starting or stopping this stack; waiting for it' });
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** How a stop went. */
export type StopOutcome =
  | { readonly kind: 'not-running' }
  | { readonly kind: 'stopped'; readonly ownerPid: number }
  | { readonly kind: 'killed'; readonly ownerPid: number };

/** Asks the owner to stop, and waits until everything is gone; kills an owner that does not (the kernel then ends the rest). */
export async function stopStack(folder: string): Promise<StopOutcome> {
  const owner = ownerOf(folder);
  if (owner === null) return { kind: 'not-running' };
  signalAll([owner], 'SIGTERM');
  if (await gone(folder, owner, STOP_TIMEOUT_MS)) return { kind: 'stopped', ownerPid: owner.pid };
  signalAll([owner], 'SIGKILL');
  await gone(folder, owner, STOP_TIMEOUT_MS);
  return { kind: 'killed', ownerPid: owner.pid };
}

/** Stops the stack and removes everything it holds: records, checkpoints, histories, secrets. */
export async function resetStack(folder: string): Promise<void> {
  try {
    await stopStack(folder);
  } catch (error) {
    // A layout that this version cannot read names no owner; if one lives, the folder's lock says so.
    if (!(error instanceof LayoutRefused)) throw error;
  }
  await removeStack(folder);
}

function ownerOf(folder: string): ProcessIdentity | null {
  if (!existsSync(folder)) return null;
  const owner = readState(stackPaths(folder))?.owner ?? null;
  return owner !== null && isAlive(owner) ? owner : null;
}

/** Waits until the owner is gone, or has let the stack go and lives on with other work. */
async function gone(folder: string, owner: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(owner) && readState(stackPaths(folder))?.phase !== 'stopped') {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return true;
}
