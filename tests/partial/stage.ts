import { setTimeout as wait } from 'node:timers/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../core/search-attributes.js';
import { startTemporal, type TemporalService } from '../../setup/index.js';
import { Probe, type ProbeOptions } from '../matrix/harness.js';

/** A pipeline that waits for a yes, which costs no processor, with what makes it run by itself. */
export function waitingText(name: string, spec: string): string {
  return `import { approval, pipeline } from 'trainyard';
export default pipeline('${name}', { ${spec} }, () => approval({ name: 'go', question: 'Go on?' }));
`;
}

/** A pipeline that is done at once. */
export function instantText(name: string, spec: string): string {
  return `import { z } from 'zod';
import { pipeline } from 'trainyard';
export default pipeline('${name}', { params: z.object({ day: z.string().default('-') }), ${spec} }, ({ day }) => day);
`;
}

/** A project beside a Temporal that keeps its data, so that either can be killed and started again. */
export class Stage {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'trainyard-standing-'));
  #server: TemporalService | undefined;
  #probe: Probe | undefined;

  static async start(options: ProbeOptions = {}): Promise<Stage> {
    const stage = new Stage();
    stage.#server = await startTemporal(stage.#data());
    stage.#probe = await Probe.start(stage.#server, options);
    return stage;
  }

  #data() {
    return { uiPort: false, searchAttributes: SEARCH_ATTRIBUTES, dbFile: path.join(this.#folder, 'data.db') } as const;
  }

  get probe(): Probe {
    if (!this.#probe) throw new Error('it has not started');
    return this.#probe;
  }

  /** `kill -9` of the server; gives when it was gone, ms. */
  async killServer(): Promise<number> {
    if (this.#server) process.kill(this.#server.pid, 'SIGKILL');
    await this.#server?.exited;
    return Date.now();
  }

  async startServer(): Promise<void> {
    this.#server = await startTemporal({ ...this.#data(), port: this.#server?.port });
  }

  async until(test: () => boolean | Promise<boolean>, what: string, ms = 120_000): Promise<void> {
    let trouble: unknown;
    for (const end = performance.now() + ms; performance.now() < end; await wait(250)) {
      try {
        if (await test()) return;
      } catch (error) {
        // The server has just come back.
        trouble = error;
      }
    }
    throw new Error(`not within ${ms} ms: ${what}\n${String(trouble)}\n${this.probe.said}`);
  }

  /** All executions of a Workflow type that Temporal knows: id, status and times, the first one first. */
  async executions(type: string): Promise<{ id: string; status: string; from: number; to: number | undefined }[]> {
    const found: { id: string; status: string; from: number; to: number | undefined }[] = [];
    const list = this.probe.client.temporal.workflow.list({ query: `WorkflowType = '${type}'` });
    for await (const { workflowId, status, startTime, closeTime } of list)
      found.push({ id: workflowId, status: status.name, from: startTime.getTime(), to: closeTime?.getTime() });
    return found.sort((a, b) => a.from - b.from);
  }

  async close(): Promise<void> {
    await this.#probe?.close();
    await this.#server?.stop();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The most that went on at once. */
export function mostAtOnce(all: readonly { readonly from: number; readonly to: number | undefined }[]): number {
  return Math.max(
    0,
    ...all.map(({ from: at }) => all.filter(({ from, to }) => from <= at && (to ?? Infinity) > at).length),
  );
}
