import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { TestProject } from '../cli/harness.js';

/** A project made of a folder of `tests/fixtures`, with `source.txt` for its source to read. */
export class FixtureProject extends TestProject {
  constructor(fixture: string) {
    super();
    const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'fixtures', fixture);
    cpSync(folder, this.folder, { recursive: true });
    writeFileSync(this.place('source.txt'), '40');
  }

  place(file: string): string {
    return path.join(this.folder, file);
  }

  /** What a command prints with `--json`. Throws all that it said when that is no JSON. */
  async json<T>(...args: string[]): Promise<T> {
    const { out, all } = await this.run(...args, '--json');
    const line = out.trim().split('\n').at(-1) ?? '';
    try {
      return JSON.parse(line) as T;
    } catch {
      throw new Error(all);
    }
  }
}
