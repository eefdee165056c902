import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { files } from '../house/tree.js';
import { npm, root } from './packed.js';

/** The files of this repository as a fresh clone has them, with the packages installed, and built or not. */
export class Clone implements Disposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'trainyard-clone-'));

  constructor({ built }: { readonly built: boolean }) {
    for (const file of files) {
      mkdirSync(path.dirname(this.path(file)), { recursive: true });
      cpSync(path.join(root, file), this.path(file));
    }
    if (built) cpSync(path.join(root, 'dist'), this.path('dist'), { recursive: true });
    symlinkSync(path.join(root, 'node_modules'), this.path('node_modules'));
  }

  path(file: string): string {
    return path.join(this.folder, file);
  }

  /** `npx trainyard …` at the top. */
  trainyard(...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
    return npm(['exec', '--no', '--', 'trainyard', ...args], this.folder);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
