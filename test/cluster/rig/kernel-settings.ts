import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a kubelet sets for the whole machine when it starts, whatever its configuration. */
const SETTINGS = [
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
];

const fileOf = (folder: string): string => join(folder, 'kernel-settings.json');
const pathOf = (setting: string): string => `/proc/sys/${setting}`;

/** Notes in a rig's folder how the machine is set before a kubelet starts. */
export function saveKernelSettings(folder: string): void {
  const present = SETTINGS.filter((setting) => existsSync(pathOf(setting)));
  const values = Object.fromEntries(present.map((setting) => [setting, readFileSync(pathOf(setting), 'utf8').trim()]));
  writeFileSync(fileOf(folder), JSON.stringify(values));
}

/** Sets the machine back to what was noted in a rig's folder; nothing to do when nothing was. */
export function restoreKernelSettings(folder: string): void {
  if (!existsSync(fileOf(folder))) return;
  const values = JSON.parse(readFileSync(fileOf(folder), 'utf8')) as Record<string, string>;
  for (const [setting, value] of Object.entries(values)) {
    if (readFileSync(pathOf(setting), 'utf8').trim() !== value) writeFileSync(pathOf(setting), value);
  }
}
