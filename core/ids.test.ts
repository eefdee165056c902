import fc from 'fast-check';
import { expect, it } from 'vitest';
import { digestText } from './digest.js';
import {
  aliasChannel,
  backfillId,
  batchKey,
  changeRunId,
  childId,
  formerOutcomeKey,
  formerPredictionStream,
  formerRetrainingRunId,
  MOST_ID_BYTES,
  monitorId,
  outcomeKey,
  outcomeStream,
  partitionRunId,
  predictionStream,
  projectOfMonitor,
  registryId,
  retrainingRunId,
  scheduledRunId,
  scheduleFolder,
  scheduleId,
  triggerId,
} from './ids.js';

/** Names with all that joins, brackets or escapes parts of ids, and anything else. */
const name = fc.oneof(
  fc.string({
    unit: fc.constantFrom('a', 'b', '/', ':', '-', '.', '%', '{', '}', '0', '2', 'f', ' ', "'", 'é'),
    maxLength: 8,
  }),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const number = fc.integer({ min: 0, max: 20 });

type Names = readonly [string, string, string, number];
const names = fc.tuple(name, name, name, number);

/** Everything that is named after a project and so many names, by how many of them it takes. */
const NAMED: Readonly<Record<string, readonly [takes: number, id: (...of: Names) => string]>> = {
  registry: [2, (project, model) => registryId(project, model).id],
  monitor: [2, (project, endpoint) => monitorId(project, endpoint).id],
  backfill: [2, (project, id) => backfillId(project, id).id],
  trigger: [2, (project, pipeline) => triggerId(project, pipeline)],
  schedule: [2, (project, pipeline) => scheduleId(project, pipeline)],
  'scheduled run': [2, (project, pipeline) => scheduledRunId(project, pipeline)],
  retraining: [4, (project, pipeline, endpoint, n) => retrainingRunId(project, pipeline, endpoint, n)],
  partition: [
    4,
    (project, pipeline, backfill, n) => partitionRunId(project, { pipeline, backfill, value: n, shown: '' }),
  ],
  'run of a change': [
    4,
    (project, pipeline, source, n) =>
      changeRunId(triggerId(project, pipeline), pipeline, { source, sequence: n, digest: digestText('a') }),
  ],
  predictions: [2, (project, endpoint) => predictionStream(project, endpoint)],
  outcomes: [2, (project, endpoint) => outcomeStream(project, endpoint)],
  outcome: [4, (project, endpoint, request, n) => outcomeKey(project, endpoint, request, n)],
  batch: [3, (project, endpoint, batch) => batchKey(predictionStream(project, endpoint), batch)],
  aliases: [1, (project) => aliasChannel(project)],
};

it.each(Object.entries(NAMED))(
  '%s: two names are equal only for the same project and the same names',
  (_, [takes, id]) => {
    const isSame = (one: Names, other: Names): boolean => one.slice(0, takes).every((part, at) => part === other[at]);
    fc.assert(
      fc.property(names, names, (one, other) => {
        expect(id(...one) === id(...other)).toBe(isSame(one, other));
      }),
    );
    // The same text, parted otherwise: what joins parts must not be taken for a part.
    fc.assert(
      fc.property(
        name,
        name,
        name,
        number,
        fc.constantFrom('/', ':', '-', ':of:', '}:of:', ':predictions:', ':outcomes:'),
        (a, b, c, n, joint) => {
          const parted: readonly (readonly [Names, Names])[] = [
            [
              [`${a}${joint}${b}`, c, c, n],
              [a, `${b}${joint}${c}`, c, n],
            ],
            [
              [a, `${b}${joint}${b}`, c, n],
              [a, b, `${b}${joint}${c}`, n],
            ],
          ];
          for (const [one, other] of parted) expect(id(...one) === id(...other)).toBe(isSame(one, other));
        },
      ),
    );
  },
);

it('no two kinds of things share a name, in Temporal or in Redis', () => {
  const of = fc.tuple(
    fc.constantFrom('zoo', 'a-b', '0'),
    fc.constantFrom('m', 'p-1'),
    fc.constantFrom('x', 'y'),
    number,
  );
  fc.assert(
    fc.property(of, (one: Names) => {
      const all = Object.values(NAMED).map(([, id]) => id(...one));
      expect(new Set(all).size).toBe(all.length);
    }),
  );
});

it('what a former release named is never what another thing is called now', () => {
  const plainName = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);
  fc.assert(
    fc.property(plainName, plainName, plainName, number, (project, one, other, n) => {
      const former = [
        ...[registryId, monitorId, backfillId].map((of) => of(project, other).former),
        formerPredictionStream(other),
        formerOutcomeKey(other, one, n),
        formerRetrainingRunId(one, other, n),
      ];
      const now = Object.values(NAMED).map(([, id]) => id(project, one, other, n));
      for (const name of former) expect(now).not.toContain(name);
    }),
  );
});

it('triggers, schedules and runs of changes keep the ids that they had', () => {
  expect(triggerId('zoo', 'penguins')).toBe('trigger/zoo/penguins');
  expect(scheduleId('zoo', 'penguins')).toBe('trainyard/zoo/penguins');
  expect(scheduleId('zoo', 'penguins').startsWith(scheduleFolder('zoo'))).toBe(true);
  expect(childId('penguins-1', 'outer/tune')).toBe('penguins-1/outer.tune');
  const change = { source: 'data', sequence: 2, digest: digestText('rows') };
  expect(changeRunId('trigger/zoo/penguins', 'penguins', change)).toBe('penguins-data-2-7af204d3');
});

it('an id is as long as Temporal takes, or is refused with a sentence', () => {
  fc.assert(
    fc.property(fc.integer({ min: 950, max: 1010 }), fc.constantFrom('a', 'é', '漢'), (length, letter) => {
      const long = letter.repeat(Math.ceil(length / Buffer.byteLength(letter)));
      const all = [
        (): string => registryId('zoo', long).id,
        (): string => triggerId('zoo', long),
        (): string => scheduleId('zoo', long),
        (): string => scheduledRunId('zoo', long),
        (): string => retrainingRunId('zoo', long, 'e', 1),
        (): string => childId('run', long),
      ];
      for (const make of all) {
        let id: string;
        try {
          id = make();
        } catch (error) {
          expect((error as Error).message).toMatch(/longer than Temporal takes[\s\S]*at most 1000 bytes/);
          expect(Buffer.byteLength(long) + 30).toBeGreaterThan(MOST_ID_BYTES);
          continue;
        }
        expect(Buffer.byteLength(id)).toBeLessThanOrEqual(MOST_ID_BYTES);
      }
    }),
  );
  expect(() => monitorId('p'.repeat(2_000), 'e')).toThrow('is longer than Temporal takes');
});

it('the id of a monitor tells its project, and the id that carries none tells none', () => {
  fc.assert(
    fc.property(name, name, (project, endpoint) => {
      const { id, former } = monitorId(project, endpoint);
      expect(projectOfMonitor(id, endpoint)).toBe(project === '' ? undefined : project);
      expect(projectOfMonitor(former, endpoint)).toBeUndefined();
    }),
  );
});
