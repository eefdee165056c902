import { existsSync, readFileSync } from 'node:fs';
import type { Ended } from '../cli/command.js';
import { FixtureProject } from './fixture-project.js';

/** A project whose pipeline has a source, an effect, a decision and nodes that are not reproducible. */
export class LifeProject extends FixtureProject {
  constructor() {
    super('life');
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

  /** Lines that the effect has written. */
  sent(): number {
    return existsSync(this.place('sent.txt')) ? readFileSync(this.place('sent.txt'), 'utf8').split('\n').length - 1 : 0;
  }
}
