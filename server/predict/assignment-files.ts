import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isDigest, type Digest } from '../../core/digest.js';
import { trafficPlan, type TrafficPlan } from '../../core/traffic.js';
import type { Assignment } from './served-version.js';

const assignmentSchema = z.object({
  version: z.number().int().positive(),
  move: z.number().int().nonnegative(),
  model: z.object({ kind: z.literal('model'), digest: z.custom<Digest>(isDigest), size: z.number() }),
  traffic: trafficPlan.optional(),
});

interface Known {
  readonly endpoint: string;
  readonly assignment: Assignment;
  readonly traffic: TrafficPlan | undefined;
}

/** The last known assignment and traffic plan of each endpoint, a file each: what is served when Temporal is away at the start. */
export class AssignmentFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes an assignment so that a reader sees the old or the new one, also after a crash. */
  async save(endpoint: string, assignment: Assignment, traffic?: TrafficPlan): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const { version, move, model } = assignment;
    const { kind, digest, size } = model;
    const body = JSON.stringify({ version, move, model: { kind, digest, size }, traffic });
    const temp = join(this.#folder, `${endpoint}.${process.pid}.tmp`);
    const file = await open(temp, 'w');
    try {
      await file.writeFile(body);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temp, join(this.#folder, `${endpoint}.json`));
  }

  async forget(endpoint: string): Promise<void> {
    await rm(join(this.#folder, `${endpoint}.json`), { force: true });
  }

  /** All that can be read; a file that is none is left out. */
  async load(): Promise<Known[]> {
    const found: Known[] = [];
    for (const name of await readdir(this.#folder).catch(() => [])) {
      if (!name.endsWith('.json')) continue;
      const text = await readFile(join(this.#folder, name), 'utf8').catch(() => '');
      const parsed = assignmentSchema.safeParse(safeJson(text));
      if (!parsed.success) continue;
      const { traffic, ...assignment } = parsed.data;
      found.push({ endpoint: name.slice(0, -'.json'.length), assignment, traffic });
    }
    return found.sort((a, b) => (a.endpoint < b.endpoint ? -1 : 1));
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
