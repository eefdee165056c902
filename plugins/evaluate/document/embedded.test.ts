import { expect, test } from 'vitest';
import { html, htmlPage, trusted } from '@trainyard/pages';
import { runNode } from '../../../worker/testing/index.js';
import { documentNode } from '../worker.js';

const pageOf = async (body: string): Promise<string> => {
  const page = htmlPage('x', html`${trusted(body)}`);
  const run = await runNode(documentNode, {
    inputs: { final: { value: {}, files: { 'report.html': page } } } as never,
  });
  return run.output.text('report.html');
};

test('text that looks like an attribute or an address is text, and the page says that it loads and runs nothing', async () => {
  for (const body of [
    '<p>paid once=3, on site=north; see onclick=x</p>',
    '<p>the column javascript: and src=&quot;http://a&quot;</p>',
    '<p title="turned on=3 > 2">x</p>',
    '<svg viewBox="0 0 1 1"><path d="M0 0" /></svg><a href="#here">x</a>',
  ]) {
    const page = await pageOf(body);
    expect(page).toContain('<section id="final">');
    expect(page).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:" />`,
    );
  }
});

for (const hostile of [
  '<script>1</script>',
  '<SCRIPT >1</SCRIPT>',
  '<svg/onload=alert(1)>',
  '<svg/onload="alert(1)">',
  '<svg\nonload="alert(1)"></svg>',
  '<img src="data:image/png;base64,x"onerror="alert(1)">',
  `<img title='"' onerror="alert(1)">`,
  '<a"b onclick=x" >x</a>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="java&#115;cript:alert(1)">x</a>',
  '<a href="https://elsewhere.example">x</a>',
  '<a href="//elsewhere.example">x</a>',
  '<img src="http://elsewhere.example/x.png">',
  '<iframe srcdoc="x"></iframe>',
  '<object data="x"></object>',
  '<embed src="#x">',
  '<form action="/x"></form>',
  '<meta http-equiv="refresh" content="0;url=/x">',
  '<base href="/x">',
  '<link rel="stylesheet" href="/x">',
  '<!--"--><svg onload="alert(1)">',
  '<svg onload="alert(1)"',
])
  test(`a part with ${JSON.stringify(hostile)} is refused`, async () => {
    await expect(pageOf(hostile)).rejects.toThrow('can be part of another');
  });
