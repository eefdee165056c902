import { build } from 'esbuild';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = ['README.md', ...readdirSync(`${root}docs`).map((name) => `docs/${name}`)];
const examples = pages.flatMap((page) =>
  [...readFileSync(root + page, 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code], i) => ({
    name: `${page}, example ${i + 1}`,
    code: code as string,
  })),
);

it('has examples', () => expect(examples.length).toBeGreaterThan(6));

it.each(examples)('$name runs', async ({ code }) => {
  const { outputFiles } = await build({
    stdin: { contents: code, loader: 'ts', resolveDir: root },
    alias: { 'ml-hyperparameter/testing': `${root}src/testing/index.ts`, 'ml-hyperparameter': `${root}src/index.ts` },
    bundle: true,
    format: 'esm',
    write: false,
  });
  await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0]?.text ?? '').toString('base64')}`);
});

it('uses no function that engines may round differently', () => {
  const files = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' }).filter(
    (f) => f.endsWith('.ts') && !f.endsWith('.test.ts'),
  );
  for (const file of files) {
    const text = readFileSync(`${root}src/${file}`, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect(
      text.match(
        /Math\.(exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|a?sinh|a?cosh|a?tanh|atan2?|asin|acos|cbrt|hypot|random)\b|\*\*|\bDate\b|localeCompare|toLocale|from 'node:/g,
      ),
      file,
    ).toBeNull();
  }
});
