import { UserError } from '../../core/index.js';
import { type Database, inner, openTable, requireColumn, sql, type Sql, withDatabase } from '@trainyard/tables';
import { implement } from '../../worker/index.js';
import { bindRows } from './bind-rows.js';
import { clockOf, cutsAt, requireTimes, type Clock } from './by-time.js';
import { refuseEmpty, requireIdentity, requireTraining } from './check.js';
import { timeSplit } from './contract.js';
import { makePlaces } from './deal.js';
import { NTH, PART, UNIT } from './inner.js';
import { figuresOf } from './leaks/index.js';
import { splitPage } from './page.js';
import { unitOf } from './place.js';
import { reportFiles } from './report-files.js';
import { bindings, BOUND_UNIT } from './together.js';
import { countUnused, writePart } from './write.js';

export const timeSplitNode = implement(timeSplit, async ({ params, inputs, ctx }) => {
  const { group, near, missing } = params;
  requireTraining(params);
  return withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const columns = await openTable(database, 'rows', inputs.table);
    requireIdentity(columns);
    if (group !== undefined) requireColumn(columns, group, 'group');
    const clock = clockOf(database, columns, params.time, params.gap);
    await requireTimes(database, clock, missing);
    const cuts = await boundaries(database, clock, params);
    const together = await bindRows(database, columns, { group, near, equal: near ? 'together' : 'apart' });
    await makePlaces(database, dealtByTime(clock, cuts, { group, bound: together.sets > 0 }), true);
    const asked = { group, near, time: params.time, parts: [], advice: 'classes change with time' };
    const figures = { ...(await figuresOf(database, columns, asked, together)), unused: await countUnused(database) };
    const said = { validation: await sayCut(clock, cuts.validation), test: await sayCut(clock, cuts.test) };
    refuseEmpty(figures, params, {
      rows: `choose other shares or a shorter gap: validation begins at ${said.validation}, the test part at ${said.test}`,
      classes: '',
    });
    const how = `dealt by ${params.time}: ${[
      ...(cuts.validation === undefined ? [] : [`validation from ${said.validation}`]),
      ...(cuts.test === undefined ? [] : [`test from ${said.test}`]),
      ...(clock.gap > 0 ? [`a gap of ${params.gap} before each`] : []),
    ].join(', ')}`;
    return {
      train: await writePart(database, ['train'], ctx.scratch, 'train'),
      validation: await writePart(database, ['validation'], ctx.scratch, 'validation'),
      test: await writePart(database, ['test'], ctx.scratch, 'test'),
      unused: await writePart(database, ['gap', 'missing', 'straddling'], ctx.scratch, 'unused'),
      leaks: { value: figures, files: reportFiles(splitPage(figures, how), figures) },
    };
  });
});

interface Cuts {
  readonly validation: number | undefined;
  readonly test: number | undefined;
}

/** Where validation and test begin: at moments that were named, else where shares of the rows lie before. */
async function boundaries(
  database: Database,
  clock: Clock,
  params: {
    test: number;
    validation: number;
    validationFrom?: string | number | undefined;
    testFrom?: string | number | undefined;
  },
): Promise<Cuts> {
  const { test, validation } = params;
  const [first, second] = await cutsAt(database, clock, [1 - test - validation, 1 - test]);
  const named = {
    validation:
      params.validationFrom === undefined ? undefined : await clock.moment(params.validationFrom, 'validationFrom'),
    test: params.testFrom === undefined ? undefined : await clock.moment(params.testFrom, 'testFrom'),
  };
  const cuts = {
    validation: named.validation ?? (validation > 0 ? first : undefined),
    test: named.test ?? (test > 0 ? second : undefined),
  };
  if (cuts.validation !== undefined && cuts.test !== undefined && cuts.validation >= cuts.test) {
    throw new UserError('validation would begin no earlier than the test part', {
      where: { field: named.test === undefined ? 'test' : 'testFrom' },
      expected: 'validation before test',
      actual: `validation from ${await clock.say(cuts.validation)}, test from ${await clock.say(cuts.test)}`,
      remedy: 'name both moments, or ask for larger shares: rows of one time stay together',
    });
  }
  return cuts;
}

function sayCut(clock: Clock, at: number | undefined): Promise<string> {
  return at === undefined ? Promise.resolve('no time') : clock.say(at);
}

/** SQL for the number and the part of each row, or why it is in none. A gap is taken from the end of the earlier part. */
function dealtByTime(clock: Clock, cuts: Cuts, { group, bound }: { group: string | undefined; bound: boolean }): Sql {
  const at = inner('time');
  const from = (cut: number | undefined): Sql => (cut === undefined ? sql`FALSE` : sql`${at} >= ${cut}`);
  const gapBefore = (cut: number | undefined): Sql => from(cut === undefined ? undefined : cut - clock.gap);
  const next = cuts.validation ?? cuts.test;
  const part = sql`CASE WHEN ${at} IS NULL THEN 'missing'
    WHEN ${from(cuts.test)} THEN 'test'
    WHEN ${from(cuts.validation)} THEN CASE WHEN ${gapBefore(cuts.test)} THEN 'gap' ELSE 'validation' END
    WHEN ${gapBefore(next)} THEN 'gap' ELSE 'train' END`;
  const rows = sql`SELECT row_number() OVER () AS ${NTH}, ${unitOf(group)} AS ${UNIT}, ${clock.at}::DOUBLE AS ${at} FROM rows`;
  const parted = sql`SELECT ${NTH}, ${UNIT}, ${part} AS ${PART} FROM (${rows})`;
  if (group === undefined && !bound) return sql`SELECT ${NTH}, ${PART} FROM (${parted})`;
  const units = bound
    ? sql`SELECT ${NTH}, ${PART}, ${BOUND_UNIT} AS ${UNIT} FROM (${parted}) LEFT JOIN ${bindings} USING (${UNIT})`
    : parted;
  // A unit stays in its earliest part: what lies in a later one has been seen.
  const order = sql`list_position(['train', 'validation', 'test'], ${PART})`;
  return sql`SELECT ${NTH}, CASE WHEN ${order} > min(${order}) OVER (PARTITION BY ${UNIT}) THEN 'straddling' ELSE ${PART} END AS ${PART}
             FROM (${units})`;
}
