import fc from 'fast-check';
import { expect, test } from 'vitest';
import { markdown } from './markdown.js';

const flat = (text: string): string => markdown(text).text.replace(/\n/g, '');

test.each([
  // From the CommonMark specification 0.31.2: https://spec.commonmark.org/0.31.2/spec.txt, example by number.
  [14, '\\*not emphasized*', '<p>*not emphasized*</p>'],
  [25, '&nbsp; &amp; &copy;', '<p>\u00a0 &amp; ©</p>'],
  [43, '***', '<hr>'],
  [107, '    a simple\n      indented code block', '<pre><code>a simple  indented code block</code></pre>'],
  [228, '> # Foo\n> bar\n> baz', '<blockquote><h3>Foo</h3><p>barbaz</p></blockquote>'],
  [265, '123456789. ok', '<ol start="123456789"><li>ok</li></ol>'],
  [350, '*foo bar*', '<p><em>foo bar</em></p>'],
  [328, '`foo`', '<p><code>foo</code></p>'],
])('reads example %i of CommonMark as its specification says, with headings two levels lower', (_, text, html) => {
  expect(flat(text).replaceAll(' />', '>')).toBe(html);
});

test('reads what guidelines are written in: headings, lists, bold, code, links, tables', () => {
  expect(
    flat('# Tell apart\n\nLook at:\n- **Gentoo**: over `200`\n  1. first\n- [more](https://x.org/?a=1&b=2 "t")'),
  ).toBe(
    '<h3>Tell apart</h3><p>Look at:</p><ul><li><strong>Gentoo</strong>: over <code>200</code><ol><li>first</li></ol></li>' +
      '<li><a href="https://x.org/?a=1&amp;b=2" title="t">more</a></li></ul>',
  );
  expect(flat('###### small')).toBe('<h6>small</h6>');
  expect(flat('|a|b|\n|-|:-:|\n|1|2|')).toMatch(/^<table><thead><tr><th>a<\/th><th>b<\/th>.*<td>1<\/td>/);
});

test.each([
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt&#58;alert(1))',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '[x](https://a.org "\\" onmouseover=\\"alert(1)")',
  '![x](https://elsewhere.org/pixel.png)',
  '<a href="javascript:alert(1)">x</a>',
  '`<b>` **<i>**',
  '<https://a.org/"onclick=alert(1)//>',
  '```"><script>alert(1)</script>\nx\n```',
])('nothing of %s runs or is loaded', (text) => {
  onlyWhatIsHarmless(text);
});

/** By a reader of its own: each sign `<` begins one of these tags, whose attributes are few and quoted. */
function onlyWhatIsHarmless(text: string): void {
  const made = markdown(text).text;
  const tag =
    /<(?:\/?(?:h[3-6]|p|ul|li|strong|em|s|code|pre|blockquote|table|thead|tbody|tr|th|td)|\/?ol|ol start="\d+"|(?:hr|br)(?: \/)?|\/a|a(?: href="(?:https?:\/\/|mailto:|tel:|ftp:\/\/|\.{0,2}\/|#)?[^"<>]*"| href| title="[^"<>]*")*)>/g;
  expect([text, made.replace(tag, '')]).toEqual([text, expect.not.stringMatching(/</) as string]);
  expect([text, made]).toEqual([text, expect.not.stringMatching(/href="\s*(?:javascript|data|vbscript):/i) as string]);
}

test('nothing of any text runs or is loaded', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '[',
      '](',
      ')',
      '`',
      '**',
      '\n',
      '\n\n- ',
      '# ',
      '|',
      '&#58;',
      '\\',
      '<!--',
      '-->',
    ),
    fc.constantFrom(
      'javascript:alert(1)',
      'data:text/html,x',
      ' onerror=x ',
      '<script',
      '<svg/onload=x>',
      '</p>',
      'https://a',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => onlyWhatIsHarmless(pieces.join(''))),
    { numRuns: 500, seed: 22 },
  );
});
