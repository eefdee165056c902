import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database, id, sql, type Column, type TableRow } from '@trainyard/tables';
import {
  applyRules,
  ROW_RULES,
  rowRule,
  ruleStep,
  rulesToSql,
  travelling,
  type RowRuleInput,
  type RowRuleKind,
} from './index.js';
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
});

const TEXTS = ['Wien', 'Straße', 'yes', 'no', 'true', '😀'];
/** Rules of each kind, such as an author may write. */
const RULES: RowRuleInput[] = [
  { rule: 'rename', columns: { t: 'x', n: 't' } },
  { rule: 'trim' },
  { rule: 'trim', columns: ['t'], within: 'one' },
  { rule: 'case', columns: ['t'], to: 'lower' },
  { rule: 'case', columns: ['t', 'u'], to: 'upper' },
  ...(['NFC', 'NFD', 'NFKC', 'NFKD'] as const).map((form): RowRuleInput => ({ rule: 'unicode', form })),
  { rule: 'map', column: 't', values: { wien: 'Wien', é: 'e', '': null, 'a\0b': 'ab', "'": '"', constructor: 'x' } },
  { rule: 'map', column: 't', values: {} },
  { rule: 'spelling', column: 't', known: TEXTS, distance: 2 },
  { rule: 'spelling', column: 't', known: ['Wien', 'Wein', "O'Hara"] },
  ...(['number', 'integer', 'boolean', 'date', 'timestamp'] as const).map((to): RowRuleInput => ({
    rule: 'type',
    column: 't',
    to,
    otherwise: 'missing',
  })),
  { rule: 'type', column: 't', to: 'number', otherwise: 'stop' },
  { rule: 'type', column: 'n', to: 'integer', otherwise: 'missing' },
  { rule: 'type', column: 'n', to: 'boolean', otherwise: 'missing' },
  { rule: 'type', column: 'i', to: 'number' },
  { rule: 'type', column: 'i', to: 'text' },
  { rule: 'type', column: 'b', to: 'integer' },
  { rule: 'type', column: 'b', to: 'text' },
  { rule: 'type', column: 'd', to: 'timestamp' },
  { rule: 'type', column: 'd', to: 'text' },
  { rule: 'type', column: 's', to: 'date' },
  { rule: 'type', column: 's', to: 'text' },
  { rule: 'numbers', column: 't', decimal: ',', group: '.', otherwise: 'missing' },
  { rule: 'numbers', column: 't', decimal: '.', group: ',', strip: ['€', '$'], percent: true, otherwise: 'missing' },
  { rule: 'numbers', column: 't', decimal: ',', group: ' ', otherwise: 'missing' },
  { rule: 'numbers', column: 't', decimal: '.', group: "'", otherwise: 'missing' },
  { rule: 'numbers', column: 't', decimal: ',', group: '_', otherwise: 'missing' },
  { rule: 'numbers', column: 't', decimal: '.', otherwise: 'drop' },
  { rule: 'units', column: 't', units: { kg: 1, g: 0.001, mg: 1e-6, '%': 0.01, '': 1 }, otherwise: 'missing' },
  { rule: 'scale', column: 'n', factor: 9 / 5, offset: 32 },
  { rule: 'scale', column: 'i', factor: 0.1 },
  { rule: 'dates', column: 't', formats: ['YYYY-MM-DD', 'YYYY-MM-DD HH:mm', 'D.M.YYYY'], otherwise: 'missing' },
  {
    rule: 'dates',
    column: 't',
    formats: ['YYYY-MM-DD HH:mmZ', 'YYYY-MM-DD[T]HH:mm:ssZ', 'YYYY-MM-DD[T]HH:mm:ss.SSS'],
    to: 'timestamp',
    zone: '+05:30',
    otherwise: 'missing',
  },
  {
    rule: 'dates',
    column: 't',
    formats: ['YYYY-MM-DD HH:mm', 'D/MMM/YYYY HH:mm', 'YYYY-MM-DD'],
    to: 'timestamp',
    zone: 'Europe/Vienna',
    months: 'Jänner Februar März April Mai Juni Juli August September Oktober November Dezember'.split(' '),
    otherwise: 'missing',
  },
  {
    rule: 'dates',
    column: 't',
    formats: ['DD/MM/YY', 'YY.MM.DD', 'DD-MMM-YY', 'DD MMM YYYY h:mm A'],
    yearsFrom: 1930,
    to: 'timestamp',
    otherwise: 'missing',
  },
  { rule: 'dates', column: 't', formats: ['DD.MM.YYYY'], otherwise: 'stop' },
  { rule: 'range', column: 'n', min: 0, max: 10, outside: 'missing' },
  { rule: 'range', column: 'n', min: -0.5, max: 9.5, outside: 'clip' },
  { rule: 'range', column: 'n', max: 3, outside: 'clip' },
  { rule: 'range', column: 'i', min: 0, max: 10, outside: 'clip' },
  { rule: 'range', column: 'i', min: 0.5, outside: 'missing' },
  { rule: 'finite' },
  { rule: 'finite', columns: ['n', 'i'] },
  { rule: 'allow', column: 't', values: TEXTS, otherwise: 'missing' },
  { rule: 'allow', column: 'n', values: [0, 0.1, 2 ** 53], otherwise: 'missing' },
  { rule: 'allow', column: 'd', values: ['2024-02-29'], otherwise: 'missing' },
  { rule: 'when', if: { column: 'n', above: { column: 'm' } }, column: 'n', set: { column: 'm' } },
  {
    rule: 'when',
    if: { all: [{ column: 'n', atLeast: 0, below: 5 }, { not: { column: 'm', atMost: 1 } }] },
    column: 'm',
    set: null,
  },
  {
    rule: 'when',
    if: {
      any: [
        { column: 'd', above: '1999-12-31' },
        { column: 's', below: '1900-01-01T00:00:00Z' },
        { column: 'i', in: [1, 2, 3] },
      ],
    },
    column: 't',
    set: 'late',
  },
  { rule: 'when', if: { column: 'd', above: { column: 'e' } }, column: 'd', set: { column: 'e' } },
  { rule: 'when', if: { column: 't', is: null }, column: 'b', set: true },
  {
    rule: 'mark',
    as: 'odd',
    if: {
      any: [{ column: 'n', above: 10 }, { column: 'n', below: { column: 'i' } }, { not: { column: 'b', is: true } }],
    },
  },
  { rule: 'fill', column: 'n', value: -1.5 },
  { rule: 'fill', column: 'i', value: 7 },
  { rule: 'fill', column: 'd', value: '2024-02-29' },
  { rule: 'fill', column: 's', value: '2024-02-29 10:00:00+02:00' },
  { rule: 'fill', column: 't', value: 'un\0known' },
  {
    rule: 'fill-by',
    column: 'n',
    by: ['b', 'u'],
    groups: [
      { key: [true, 'a'], value: 1 },
      { key: [null, null], value: 2 },
      { key: [false, null], value: 3 },
    ],
    otherwise: 9,
  },
  {
    rule: 'neighbours',
    columns: ['n', 'm'],
    neighbours: 2,
    weights: 'distance',
    scales: [1, 2],
    means: [0.5, -1],
    donors: [
      [1, 2],
      [3, null],
      [0, 1],
      [1, 7],
    ],
  },
  {
    rule: 'iterative',
    columns: ['n', 'm'],
    starts: [1, 2],
    steps: [
      { at: 0, intercept: 1, weights: [0, 0.1] },
      { at: 1, intercept: -1, weights: [0.3, 0] },
      { at: 0, intercept: 1.5, weights: [0, 0.2] },
    ],
  },
  {
    rule: 'isolation',
    columns: ['n', 'i'],
    as: 'far',
    fills: [0, 1],
    rows: 8,
    threshold: 0.45,
    trees: [
      [0, 5, 5, -1, 4, 1, 2.5, 10, -1, 1, -1, 1],
      [1, 8, 5, -1, 7, -1, 1],
    ],
  },
  { rule: 'fill-by', column: 't', by: ['u'], groups: [{ key: ['kg'], value: 'heavy' }] },
];

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
