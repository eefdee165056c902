import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineChart } from './charts/index.js';
import { html, htmlFacts, htmlPage, htmlTable, sayFigure, sayShare, trusted } from './index.js';

const hostile = fc
  .tuple(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('<script>', '"', "' onload='", '&lt;', '</td>', '<!--'),
    fc.string(),
  )
  .map((parts) => parts.join(''));
/** The text that a browser shows of what stands between tags and in attributes. */
const shown = (escaped: string): string =>
  escaped
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

test('a value never becomes markup, and is shown as it is', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const { text: page } = html`<p title="${text}">${text}</p>`;
      const [, attribute = '', content = ''] = /^<p title="([^"]*)">([^<]*)<\/p>$/s.exec(page) ?? [];
      expect(shown(attribute)).toBe(text);
      expect(shown(content)).toBe(text);
    }),
  );
});

test('tables, facts, charts and pages keep the words of a stranger as text', () => {
  const bad = '<img src=x onerror=alert(1)>';
  const chart = lineChart({
    title: bad,
    x: bad,
    y: bad,
    lines: [
      {
        name: bad,
        points: [
          [0, 1],
          [1, 2],
        ],
      },
    ],
    mark: { x: 1, name: bad },
  });
  const page = htmlPage(bad, html`${htmlTable([bad], [[bad]])}${htmlFacts([[bad, bad]])}${chart}`);
  expect(page).not.toContain('<img');
  expect(page.split('&lt;img').length - 1).toBeGreaterThanOrEqual(9);
});

test('lists are joined, nothing is said of what is not there, HTML stays HTML', () => {
  expect(html`<b>${['a', html`<i>${1}</i>`, trusted('<hr>')]}${undefined}${null}${false}${true}</b>`.text).toBe(
    '<b>a<i>1</i><hr></b>',
  );
});

test('figures have four significant digits, whole numbers all of theirs', () => {
  expect([1234567, 0.123456, -2.5, null, Number.NaN].map(sayFigure)).toEqual(['1234567', '0.1235', '-2.5', '–', '–']);
});

test('a share is said in percent, with a digit more where it is small', () => {
  expect([0, 0.001, 0.0999, 0.1, 0.555, 1].map((share) => sayShare(share))).toEqual([
    '0%',
    '0.1%',
    '10.0%',
    '10%',
    '56%',
    '100%',
  ]);
  expect(sayShare(0.1234, 1)).toBe('12.3%');
});
