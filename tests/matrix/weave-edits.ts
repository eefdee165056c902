import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer } from './harness.js';
import { changedBy, resumeEdited, type CleanGraph, type Edit } from './new-code-case.js';
import { places } from './places.js';
import { cleanRun, runInto } from './resume-case.js';
import { nameOf, type Case } from './shapes.js';

/** Runs cases into their failures, edits the project, and resumes them: every other one with the new code. */
export function weaveEdits(edit: Edit, cases: readonly Case[], { atOnce }: { readonly atOnce: number }): void {
  describe(`an edit between a run and its resume: ${edit.name}`, () => {
    let server: TemporalService;
    let probe: Probe;
    const problems = new Map<Case, Promise<string[]>>();
    const withNewCode = (one: Case): boolean => cases.indexOf(one) % 2 === 0;

    beforeAll(async () => {
      server = await startServer();
      probe = await Probe.start(server);
      const pipelines = [...new Set(cases.map(({ shape }) => shape.pipeline))];
      const before = await cleanGraphs(probe, pipelines, 'before');
      const enter = places(atOnce);
      await Promise.all(cases.map((one, index) => enter(() => runInto(probe, one, `edited-${index}`))));
      const source = probe.read(edit.file);
      expect(source).toContain(edit.from);
      probe.write(edit.file, source.replace(edit.from, edit.to));
      await probe.reload();
      const after = await cleanGraphs(probe, pipelines, 'after');
      for (const [index, one] of cases.entries()) {
        const [was, is] = [before.get(one.shape.pipeline), after.get(one.shape.pipeline)] as [CleanGraph, CleanGraph];
        const clean = { before: was, after: is, changed: changedBy(edit, was.graph, is.graph) };
        const running = enter(() => resumeEdited(probe, one, `edited-${index}`, withNewCode(one), clean));
        running.catch(() => undefined);
        problems.set(one, running);
      }
    }, 600_000);

    afterAll(async () => {
      await probe?.close();
      await server?.stop();
    });

    for (const one of cases) {
      const name = `${nameOf(one)}, ${withNewCode(one) ? 'with new code' : 'with its own code'}`;
      it(name, { timeout: 600_000 }, async () => {
        const again = `TRAINYARD_TESTS=all TRAINYARD_CASE='${nameOf(one)}' npx vitest run tests/matrix/new-code.long.test.ts`;
        expect(await problems.get(one), `${again}\n${probe.said}`).toEqual([]);
      });
    }
  });
}

async function cleanGraphs(probe: Probe, pipelines: readonly string[], when: string): Promise<Map<string, CleanGraph>> {
  const graphs = new Map<string, CleanGraph>();
  for (const pipeline of pipelines) {
    const id = `clean-${when}-${pipeline}`;
    const clean = await cleanRun(probe, pipeline, id);
    graphs.set(pipeline, { ...clean, graph: await probe.graph(id) });
  }
  return graphs;
}
