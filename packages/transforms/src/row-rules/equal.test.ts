import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database, id, sql, type Column, type TableRow } from '@trainyard/tables';
import { applyRules, ROW_RULES, rowRule, ruleStep, rulesToSql, travelling, type RowRuleKind } from './index.js';
import { RULES } from './equal-rules.test-part.js';
import { lowered, uppered, WHITE_SPACE } from '../text.js';

const ROWS = 10_000;
const columns: Column[] = [
  { name: 't', type: 'text' },
  { name: 'u', type: 'text' },
  { name: 'n', type: 'number' },
  { name: 'm', type: 'number' },
  { name: 'i', type: 'integer' },
  { name: 'b', type: 'boolean' },
  { name: 'd', type: 'date' },
  { name: 'e', type: 'date' },
  { name: 's', type: 'timestamp' },
  { name: 'h', type: 'text' },
];

const missing = fc.constant(null);
const spaces = fc.string({ unit: fc.constantFrom(...WHITE_SPACE), maxLength: 2 });
const digits = (max: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: max });
const numberText = fc
  .tuple(
    fc.constantFrom('', '-', '+', '\u2212', '- ', '€', '$ '),
    digits(4),
    fc.constantFrom('', ',', '.', ' ', '\u00a0', "'", '’', '_'),
    digits(3),
    fc.constantFrom('', ',5', '.25', ',', 'e3', 'E-320', 'e400', ' kg', 'g', 'mg', ' %', '%'),
  )
  .map((parts) => parts.join(''));
const two = (max: number) => fc.integer({ min: 0, max }).map((part) => String(part).padStart(2, '0'));
const dateText = fc
  .tuple(
    fc.constantFrom('2024', '1999', '0000', '0001', '9999', '24', '1900'),
    fc.oneof(two(13), fc.constantFrom('1', 'Jan', 'MÄRZ', 'märz', 'December', 'feb.', 'Foo')),
    two(32),
    fc.constantFrom(
      '',
      ' 10:30',
      'T23:59:59.9999',
      ' 24:00',
      ' 02:30',
      'T7:05',
      ' 10:30+02:00',
      'T10:30:00Z',
      'T10:30:00-0330',
      ' 12:00 AM',
      ' 1:05 pm',
      ' 13:05 PM',
    ),
    fc.constantFrom('-', '.', '/', ' '),
    fc.boolean(),
  )
  .map(
    ([year, month, day, time, mark, dayFirst]) =>
      (dayFirst ? [day, month, year] : [year, month, day]).join(mark) + time,
  );
const words = fc.constantFrom(
  'yes',
  'No',
  'TRUE',
  ' t ',
  '1',
  '0',
  'Wien',
  'wien',
  'Wein',
  'Weins',
  'ΟΔΟΣ',
  'Straße',
  'ﬁn',
  'İ',
  'é',
  'e\u0301',
  'ＡＢ',
  '😀',
  'a\0b',
  '',
);
const text = fc.oneof(
  missing,
  words,
  numberText,
  dateText,
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc
    .tuple(spaces, fc.oneof(words, numberText, dateText), spaces, fc.constantFrom('', 'x'), spaces)
    .map((parts) => parts.join('')),
);
const number = fc.oneof(
  missing,
  fc.double(),
  fc.integer({ min: -3, max: 12 }),
  fc.constantFrom(
    0,
    -0,
    NaN,
    Infinity,
    -Infinity,
    5e-324,
    1.7976931348623157e308,
    -1e308,
    0.1,
    2 ** 53,
    9007199254740991,
    0.5,
  ),
);
const day = fc.oneof(
  missing,
  fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
  fc.constantFrom('2024-02-29', '1970-01-01'),
);
const time = fc.oneof(
  missing,
  fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString()),
);
const earlier = fc.record({
  s: fc.constantFrom('2024-02-29T00:00:00.000Z', '2024-02-29', '1999-01-01T12:00:00Z', '0001-01-01T00:00:00Z'),
  n: fc.oneof(missing, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: -2, max: 2 })),
  t: fc.oneof(missing, words, fc.constantFrom('\uffee', '\u{1f600}')),
  d: fc.constantFrom('2024-02-29', null),
});
const history = fc.array(earlier, { maxLength: 6 }).map((rows) => JSON.stringify(rows));
const row = fc.record({
  t: text,
  u: fc.oneof(missing, fc.constantFrom('kg', 'g', 'a', 'b')),
  n: number,
  m: number,
  i: fc.oneof(missing, fc.integer({ min: -3, max: 12 }), fc.maxSafeInteger()),
  b: fc.oneof(missing, fc.boolean()),
  d: day,
  e: day,
  s: time,
  h: fc.oneof(missing, words, history),
});

let database: Database;
let rows: TableRow[];
beforeAll(async () => {
  database = await Database.open();
  const made = fc.sample(row, { numRuns: ROWS, seed: 20 });
  await database.insert('made', columns, made as TableRow[]);
  rows = await database.rows(sql`FROM made`);
});
afterAll(() => database.close());

test.each(RULES.map((rule) => [`${rule.rule} ${JSON.stringify(rule).slice(0, 120)}`, rule] as const))(
  'SQL and JavaScript give the same cells: %s',
  async (_, given) => {
    const { step, columns: after } = ruleStep(rowRule.parse(given), columns);
    const rule = rowRule.parse(travelling(step));
    const { query, functions, columns: same } = rulesToSql([rule], columns);
    expect(same).toEqual(after);
    await database.define(functions);
    const about = after.filter(
      ({ name, type }) => !columns.some((one) => one.name === name && one.type === type) || step.cells?.has(name),
    );
    const names = about.map(({ name }) => name);
    const fails = step.drop?.failing ?? step.stop?.failing ?? sql`false`;
    const failing = await database.rows<{ fails: boolean }>(sql`SELECT ${fails} AS fails FROM made`);
    const cells = await database.rows(sql`SELECT ${sql`${join(names)}`} FROM (${query(id('made'))})`);
    let changed = 0;
    const rules = [rule];
    rows.forEach((one, at) => {
      const expected = cells[at]!;
      if (failing[at]!.fails) {
        // Expected in words only where it is not so, as below.
        if (!isRefused(rules, one)) expect(() => applyRules(rules, one)).toThrow(/cannot read column/);
        return;
      }
      const actual = applyRules(rules, one);
      for (const name of names) {
        if (!Object.is(actual[name] ?? null, expected[name])) {
          // Compared only where they differ: ten thousand rows take long to be expected of.
          expect({ row: one, [name]: actual[name] ?? null }).toEqual({ row: one, [name]: expected[name] });
        }
        if (!Object.is(actual[name] ?? null, one[name] ?? null)) changed++;
      }
    });
    if (Object.keys(given).length > 0 && JSON.stringify(given).length > 45) expect(changed).toBeGreaterThan(0);
  },
);

function isRefused(rules: Parameters<typeof applyRules>[0], row: TableRow): boolean {
  try {
    applyRules(rules, row);
    return false;
  } catch (error) {
    return /cannot read column/.test(String(error));
  }
}

function join(names: readonly string[]) {
  return names.map((name) => id(name)).reduce((all, one) => sql`${all}, ${one}`);
}

test('each kind that travels is among the rules above', () => {
  const tried = new Set(RULES.map(({ rule }) => rule));
  for (const kind of ROW_RULES as readonly RowRuleKind[])
    if (kind.row !== undefined) expect(tried).toContain((kind.schema.shape as { rule: { value: string } }).rule.value);
});

test('every character has one lower and one upper case, whoever makes it', async () => {
  const points = await database.rows<{ cp: number; lower: string; upper: string }>(
    sql`SELECT cp, lower(chr(cp)) AS lower, upper(chr(cp)) AS upper FROM (SELECT unnest(range(1, 1114112))::INT AS cp)
        WHERE NOT (cp BETWEEN 55296 AND 57343) AND (lower(chr(cp)) <> chr(cp) OR upper(chr(cp)) <> chr(cp))`,
  );
  const cased = new Map(points.map(({ cp, lower, upper }) => [cp, { lower, upper }]));
  const BLOCK = 256;
  for (let cp = 1; cp < 0x110000; cp++) {
    if (cp >= 0xd800 && cp <= 0xdfff) continue;
    if (cp % BLOCK === 0) {
      const block = Array.from({ length: BLOCK }, (_, i) => cp + i);
      const letters = String.fromCodePoint(...block);
      // Where the database knows no case, and none is made here, there is nothing to look for letter by letter.
      if (!block.some((one) => cased.has(one)) && lowered(letters) === letters && uppered(letters) === letters) {
        cp += BLOCK - 1;
        continue;
      }
    }
    const letter = String.fromCodePoint(cp);
    const expected = cased.get(cp) ?? { lower: letter, upper: letter };
    if (lowered(letter) !== expected.lower || uppered(letter) !== expected.upper)
      expect({ cp, lower: lowered(letter), upper: uppered(letter) }).toEqual({ cp, ...expected });
  }
});
