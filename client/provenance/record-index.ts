import { isDigest, type Digest } from '../../core/digest.js';
import type { GraphNode } from '../../core/graph.js';
import { lookup, makersOf, recordsOfRun, type NodeRecord, type Store } from '../../store/index.js';

/** Finds the record of the execution that gave a call's result, whoever made it; reads each run's records once. */
export class RecordIndex {
  readonly #store: Store;
  readonly #runs = new Map<string, Promise<ReadonlyMap<Digest, NodeRecord>>>();

  constructor(store: Store) {
    this.#store = store;
  }

  async of(node: GraphNode, run: string): Promise<NodeRecord | undefined> {
    if (!isDigest(node.key)) return undefined;
    const own = (await this.#records(run)).get(node.key);
    if (own) return own;
    const entry = (await lookup(this.#store, [node.key]))[0];
    const maker = entry && (await this.#records(entry.madeBy)).get(node.key);
    if (maker) return maker;
    for (const { digest } of Object.values(node.outputs ?? {})) {
      const made = (await makersOf(this.#store, digest)).filter(({ key }) => key === node.key);
      const last = made.at(-1);
      if (last) return last;
    }
    return undefined;
  }

  #records(run: string): Promise<ReadonlyMap<Digest, NodeRecord>> {
    let records = this.#runs.get(run);
    if (!records) {
      records = recordsOfRun(this.#store, run).then((all) => new Map(all.map((record) => [record.key, record])));
      this.#runs.set(run, records);
    }
    return records;
  }
}
