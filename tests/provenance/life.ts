import { cpSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { TestProject, type Ended } from '../cli/harness.js';

/** A project whose pipeline has a source, an effect, a decision and nodes that are not reproducible. */
export class LifeProject extends TestProject {
  constructor() {
    super();
    const fixture = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'fixtures', 'life');
    cpSync(fixture, this.folder, { recursive: true });
    this.write('source.txt', '40');
  }

  /** Runs the pipeline to its end. */
  life(id: string, ...params: string[]): Promise<Ended> {
    return this.run(...this.command(id, ...params));
  }

  /** The command for it. */
  command(id: string, ...params: string[]): string[] {
    const all = [`source=${this.place('source.txt')}`, `sent=${this.place('sent.txt')}`, ...params];
    return ['run', 'life', '--id', id, '--seed', '7', ...all.flatMap((one) => ['-p', one])];
  }

  place(file: string): string {
    return path.join(this.folder, file);
  }

  /** Lines that the effect has written. */
  sent(): number {
    return existsSync(this.place('sent.txt')) ? readFileSync(this.place('sent.txt'), 'utf8').split('\n').length - 1 : 0;
  }

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
