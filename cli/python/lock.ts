import { lockRequirements } from '../../worker/runtimes/python/index.js';
import { note, print, printJson } from '../terminal.js';

export interface LockOptions {
  output?: string;
  python?: string;
  upgrade?: boolean;
  json?: boolean;
}

/** `trainyard python lock`: changes the file only when all packages could be had. */
export async function lock(wanted: string, options: LockOptions): Promise<void> {
  const locked = await lockRequirements({
    wanted,
    output: options.output,
    python: options.python,
    upgrade: options.upgrade === true,
    onProgress: (message) => (options.json ? undefined : note(message)),
  });
  if (options.json) return printJson(locked);
  for (const line of locked.packages) print(line);
  print(
    `${locked.output}: ${locked.packages.length} packages for Python ${locked.python} and later, with their hashes`,
  );
}
