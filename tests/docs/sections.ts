import { readFileSync } from 'node:fs';

/** What a page of the docs says of one field. */
export interface Section {
  /** As the heading names it: `server.port`. */
  readonly field: string;
  /** Heading of the part of the page that it stands in. */
  readonly part: string;
  readonly type: string;
  /** Code of the default, else the words for it; undefined where none is told. */
  readonly byDefault: { readonly code: string } | { readonly words: string } | undefined;
  /** Code of its examples. */
  readonly examples: readonly string[];
}

const SECTION = /^### (\S+)$\n([\s\S]*?)(?=^##|(?![\s\S]))/gm;

/** The fields of a page of `docs/`, in its order. */
export function sectionsOf(page: string): Section[] {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(SECTION)].map(({ 1: field = '', 2: body = '', index }) => {
    const [, type = '', , byDefault] = /^Type: ([^\n]+?)\.( Default: ([^\n]+)\.)?$/m.exec(body) ?? [];
    const code = /^`([^`]+)`$/.exec(byDefault ?? '')?.[1];
    return {
      field,
      part: [...text.slice(0, index).matchAll(/^## (.+)$/gm)].at(-1)?.[1] ?? '',
      type,
      byDefault: code !== undefined ? { code } : byDefault !== undefined ? { words: byDefault } : undefined,
      examples: [...body.matchAll(/^```ts\n([\s\S]+?)\n```$/gm)].map(([, example = '']) => example),
    };
  });
}

/** The value of an expression of TypeScript that names nothing. */
export async function valueOfCode(code: string): Promise<unknown> {
  const module = `export default (${code});`;
  return (
    (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(module)}`)) as { default: unknown }
  ).default;
}
