import { TrainyardError } from '@trainyard/errors';
import { formerCode, type NodeCode } from '../project/codes.js';
import type { ProjectBase } from '../project/project.js';

/** Finds the code that a node call was keyed with: the project's own, or what was kept of an earlier state. */
export class CodeOnHand {
  readonly #project: ProjectBase;
  readonly #former = new Map<string, NodeCode>();
  #current: ReadonlyMap<string, NodeCode> = new Map();
  readonly #known: Promise<void>;
  #say: () => void = () => undefined;

  constructor(project: ProjectBase) {
    this.#project = project;
    this.#known = new Promise((resolve) => (this.#say = resolve));
  }

  use(codes: ReadonlyMap<string, NodeCode>): void {
    this.#current = codes;
    // Packages may be others than when it was looked at last.
    this.#former.clear();
    this.#say();
  }

  /** Throws TY-CODE-GONE when a node would run with other code than its key says. Waits until code is known at all. */
  async find(node: string, hash: string): Promise<NodeCode> {
    // A call that was left by a killed worker comes as soon as this one listens.
    await this.#known;
    const current = this.#current.get(node);
    if (current?.hash === hash) return current;
    const name = `${node} ${hash}`;
    const former = this.#former.get(name) ?? (await formerCode(this.#project, node, hash));
    if (typeof former !== 'string') {
      this.#former.set(name, former);
      return former;
    }
    throw new TrainyardError('TY-CODE-GONE', {
      what: `this worker cannot run ${node} with the code that the run was started with: ${former}`,
      where: { node },
      expected: `code ${hash}`,
      actual: current ? `code ${current.hash}` : 'none',
    });
  }
}
