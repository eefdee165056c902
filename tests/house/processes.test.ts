import { beforeAll, expect, test } from 'vitest';
import type { DurableProcess } from '../../client/process.js';
import { builtInParts } from '../../project/brought-parts.js';
import { sources } from './imports.js';
import { read } from './tree.js';

let processes: DurableProcess[] = [];
beforeAll(async () => {
  const parts = builtInParts();
  const found = await Promise.all((await parts.names('process')).map((name) => parts.find('process', name)));
  processes = found as DurableProcess[];
});

/** What belongs to one process, and may know it. */
const ROOMS =
  /^(activities\/processes\/|workflows\/(study|review|registry|monitor|backfill|trigger)\/|client\/(study|review|registry|monitor|backfill|trigger)\/)/;

test('shared code asks a process for its properties, never for its name', () => {
  expect(processes.length).toBe(6);
  const names = processes.map(({ name }) => `'${name}'`).join('|');
  const branch = new RegExp(`\\b(node|workflow|type|kind|workflowType)\\b\\)?\\s*[!=]==\\s*(${names}|[A-Z]+_TYPE\\b)`);
  const known = new RegExp(`\\b(REGISTRY|MONITOR|BACKFILL|TRIGGER)_TYPE\\b|['"](label-review|model-registry)['"]`);
  const found = sources
    .filter((name) => !ROOMS.test(name) && !/\.test(-part)?\.ts$/.test(name))
    .flatMap((name) =>
      read(name)
        .split('\n')
        .flatMap((line, index) =>
          // What started a run is called as its process is, and is no process.
          (branch.test(line) && !/kind === '(monitor|backfill|trigger)'/.test(line)) || known.test(line)
            ? [`${name}:${index + 1}: ${line.trim()}`]
            : [],
        ),
    );
  expect(found).toEqual([]);
});

test('what a process names is there: its Workflow, its Activities, its view', async () => {
  for (const { name, workflow, activities, view } of processes) {
    const source = workflow.module.pathname.replace(/\/dist\//, '/').replace(/\.js$/, '.ts');
    expect(read(source.slice(source.indexOf('/workflows/') + 1)), name).toMatch(
      new RegExp(`export (async function |function |const |\\{ )${workflow.export}\\b`),
    );
    const services = { client: { taskQueue: 'trainyard-test' }, store: {} } as never;
    const made = Object.entries((await activities?.())?.(services) ?? {});
    for (const [activity, act] of made) {
      expect(activity).toMatch(/^trainyard\./);
      expect(act).toBeTypeOf('function');
    }
    const seen = await view?.();
    if (seen) expect([typeof seen.read, typeof seen.say]).toEqual(['function', 'function']);
  }
});
