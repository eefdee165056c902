import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bars, boxes, distribution, heat, lineChart, overlaid, scatter, shares, sided, sayTick } from './index.js';

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -50, max: 50 }),
  fc.constantFrom(1.7e308, -1.7e308, 5e-324, 0, -0),
);
const name = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('<script>alert(1)</script>', '"/><img src=x onerror=alert(1)>', "' onload='", ']]>', '', '__proto__'),
);
const box = fc.tuple(number, number, number, number, number).map((values) => {
  const [low, first, median, third, high] = values.sort((a, b) => a - b) as [number, number, number, number, number];
  return { low, first, median, third, high };
});

/** Each drawing is one element of SVG, in which each tag is one of ours and no coordinate is missing. */
function check(drawn: string): void {
  expect(drawn).toMatch(/^<svg [^<>]*role="img"[^<>]*>.*<\/svg>$/s);
  const tags = [...drawn.matchAll(/<(\/?)([^\s/>]*)([^<>]*?)(\/?)>/g)];
  const open: string[] = [];
  for (const [, closes, tag, , empty] of tags) {
    expect(['svg', 'g', 'path', 'line', 'rect', 'circle', 'text', 'tspan', 'title']).toContain(tag);
    if (closes) expect(open.pop()).toBe(tag);
    else if (!empty) open.push(tag!);
  }
  expect(open).toEqual([]);
  const attributes = drawn.match(/ (?:[dxyr]|[xy][12]|c[xy]|width|height|transform)="[^"]*"/g) ?? [];
  for (const attribute of attributes) expect(attribute).not.toMatch(/NaN|Infinity|undefined|null/);
}

test('whatever the values and the names, a chart is whole, safe, and the same when it is drawn again', () => {
  fc.assert(
    fc.property(name, name, fc.array(number, { minLength: 1, maxLength: 12 }), box, (a, b, values, drawn) => {
      const counts = values.map((value) => Math.min(1e9, Math.floor(Math.abs(value))));
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const width = high / values.length - low / values.length;
      const within = (value: number): number => Math.min(high, Math.max(low, value));
      const inside = {
        low,
        first: within(drawn.first),
        median: within(drawn.median),
        third: within(drawn.third),
        high,
      };
      const makers = [
        () => distribution(a, { from: low, width, counts }, { box: inside }),
        () =>
          boxes(a, [
            { name: a, rows: 1, ...drawn },
            { name: b, rows: 2, ...drawn },
          ]),
        () =>
          bars(
            a,
            values.map((_, i) => ({ name: i % 2 ? a : b, size: counts[i]!, said: b })),
          ),
        () =>
          shares(
            a,
            [a, b],
            [
              { name: a, counts: [1, 2] },
              { name: a, counts: [0, 0] },
            ],
          ),
        () =>
          scatter(
            { name: a },
            { name: b },
            values.map((value, i) => ({ x: value, y: values.at(-1 - i)! })),
          ),
        () =>
          overlaid(a, { from: low, width }, [
            { name: a, counts },
            { name: b, counts: counts.map(() => 0) },
          ]),
        () =>
          sided(
            a,
            [a, b, a].map((name) => ({
              name,
              sides: [
                { share: 0.5, said: b },
                { share: 0, said: a },
              ],
            })),
          ),
        () => {
          const { text } = lineChart({
            title: a,
            x: a,
            y: b,
            lines: [
              { name: a, points: values.map((value, i) => [i, value]) },
              { name: b, points: values.map((value, i) => [value, i]), scattered: true },
            ],
            mark: { x: values[0]!, name: b },
            dots: true,
          });
          const [drawn = ''] = /<svg.*<\/svg>/s.exec(text) ?? [];
          expect(text.replace(drawn, '')).not.toMatch(/<(?!\/?(figure|figcaption|br|small|span|div)\b)/);
          return { text: drawn };
        },
        () => heat(a, [a, b, a], (row, column) => (row === column ? undefined : -0.5)),
      ];
      for (const make of makers) {
        const { text } = make();
        check(text);
        expect(make().text).toBe(text);
      }
    }),
    { numRuns: 15 },
  );
});

test('a figure on an axis is short, and the same in every locale', () => {
  expect([0, 0.25, 999, 1000, 1234, 12_500, 3e6, 2.5e9, -4e12, 1e-7, 1.5e300].map(sayTick)).toEqual([
    '0',
    '0.25',
    '999',
    '1k',
    '1234',
    '12.5k',
    '3M',
    '2.5G',
    '-4T',
    '1e-7',
    '1.5e300',
  ]);
});

test('a chart leaves out what is not finite, and draws one point', () => {
  const { text } = lineChart({
    title: 't',
    x: 'x',
    y: 'y',
    lines: [
      {
        name: 'l',
        points: [
          [0, Number.NaN],
          [1, 3],
          [2, Number.POSITIVE_INFINITY],
        ],
      },
    ],
    dots: true,
  });
  expect(text).not.toMatch(/NaN|Infinity/);
  expect(text.match(/<circle/g)).toHaveLength(1);
});
