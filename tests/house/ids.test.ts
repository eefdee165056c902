import { expect, test } from 'vitest';
import { files, read } from './tree.js';

const code = files.filter(
  (name) => /\.ts$/.test(name) && !/^(tests|bench|examples|packages|scripts|setup)\/|\.test(-part)?\.ts$/.test(name),
);

/** Names that are put together where they are used: Workflow ids, keys and channels of Redis, Schedules. */
const MADE_ELSEWHERE = [
  /\b(workflowId|scheduleId): [`'"]/,
  /\bgetHandle(<[^>]*>)?\([`'"]/,
  /[`'"{]trainyard:/,
  /[`'"](model|monitor|backfill|trigger)\/\$\{/,
  /-(retrain|scheduled|data)-?\$\{|-(retrain|scheduled)[`'"]/,
];

test('what lasts in Temporal or Redis is named in core/ids.ts alone, so that every name carries its project', () => {
  const found = code
    .filter((name) => name !== 'core/ids.ts')
    .flatMap((name) =>
      read(name)
        .split('\n')
        .flatMap((line, at) =>
          MADE_ELSEWHERE.some((made) => made.test(line)) ? [`${name}:${at + 1}: ${line.trim()}`] : [],
        ),
    );
  expect(found).toEqual([]);
  // Each of these is a way in which a name has been made elsewhere.
  const former = [
    'workflowId: `${pipeline.name}-scheduled`,',
    "workflow.getHandle('model/penguins')",
    "export const ALIAS_CHANNEL = 'trainyard:aliases';",
    'return `monitor/${endpoint}`;',
    'const id = `${pipeline}-retrain-${endpoint}-${number}`;',
  ];
  expect(former.filter((line) => !MADE_ELSEWHERE.some((made) => made.test(line)))).toEqual([]);
});

test('what Temporal lists is asked for by project', () => {
  const lists = code.filter((name) => /workflow\s*\.(list|count)\(/.test(read(name)));
  expect(lists.length).toBeGreaterThan(4);
  const everybodys = lists.filter((name) => !/\bofProject\(|TemporalWorkerDeploymentVersion/.test(read(name)));
  expect(everybodys).toEqual([]);
});
