import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverAlone } from '../../server/alone.test-part.js';
import { describedRoutes, sentBy } from '../../server/http-page.test-part.js';
import { predictRoutes } from '../../server/predict/index.js';

interface Operation {
  readonly summary: string;
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<Record<string, object>>;
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-openapi-'));
let server: Awaited<ReturnType<typeof serverAlone>>;
let document: { readonly paths: Paths; readonly components: { readonly schemas: Readonly<Record<string, object>> } };

beforeAll(async () => {
  const routes = [predictRoutes({ stateFolder: folder, pollMs: 600_000 })];
  server = await serverAlone({ keys: [{ name: 'local', key: 'ty_a-key-for-this-test-only' }], routes });
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as typeof document;
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As the document names it. */
const placeOf = (route: string): string => route.replace('/*', '/:id/:part').replace(/:(\w+)/g, '{$1}');

describe('/openapi.json', () => {
  it('is OpenAPI, by the schema of its specification', async () => {
    expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
  });

  it('has every route of docs/http.md, and no other, each with what it does and what it needs', () => {
    const described = describedRoutes().map(({ method, route }) => `${method} ${placeOf(route)}`);
    const operations = Object.entries(document.paths).flatMap(([at, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${at}`, at, operation })),
    );
    expect(operations.map(({ name }) => name).sort()).toEqual(described.sort());
    for (const { name, at, operation } of operations) {
      // A route without a note has its address in the place of one.
      expect(operation.summary, name).toMatch(/^[A-Z][^:/]+(: .+)?$/);
      const named = [...at.matchAll(/\{(\w+)\}/g)].map(([, one]) => one);
      expect((operation.parameters ?? []).filter((one) => one.in === 'path').map((one) => one.name)).toEqual(named);
      expect(Object.keys(operation.responses), name).toContain('default');
    }
    expect(document.paths['/v2/health/live']?.['get']?.security).toEqual([]);
    expect(document.paths['/api/runs/{id}/cancel']?.['post']?.security).toEqual([{ key: [] }]);
    expect(document.paths['/api/reviews/{id}/next']?.['get']?.security).toEqual([{ key: [] }]);
    expect(document.paths['/v1/endpoints/{name}/predict']?.['post']?.security).toEqual([{}, { key: [] }]);
  });

  it('takes every request of docs/http.md, and not what has another field or none', () => {
    const ajv = new Ajv2020({ strict: false });
    let bodies = 0;
    for (const { curl, method, route } of describedRoutes()) {
      const { at, body, headers } = sentBy(curl, 'a key');
      const operation = document.paths[placeOf(route)]![method.toLowerCase()]!;
      const asked = [...new URL(at, 'http://x').searchParams.keys()];
      const known = (operation.parameters ?? []).filter((one) => one.in === 'query');
      expect(known.map(({ name }) => name)).toEqual(expect.arrayContaining(asked));
      for (const { name, required } of known) if (required) expect(asked, curl).toContain(name);
      expect(body === undefined || operation.requestBody !== undefined, curl).toBe(true);
      if (body === undefined) continue;
      bodies++;
      const type = headers['content-type'] ?? '';
      const { schema } = operation.requestBody!.content[type]!;
      const valid = ajv.compile(schema);
      const given = (
        type === 'application/json' ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body))
      ) as object;
      expect([curl, valid(given), valid.errors]).toEqual([curl, true, null]);
      if (type !== 'application/json') continue;
      expect([curl, valid(null)]).toEqual([curl, false]);
      if (!curl.includes('/resume')) expect([curl, valid({ nothing: 'known' })]).toEqual([curl, false]);
    }
    expect(bodies).toBeGreaterThan(8);
  });

  it('describes what is answered where something is wrong', async () => {
    const valid = new Ajv2020({ strict: false }).compile(document.components.schemas['problem']!);
    for (const at of ['/nothing', '/v1/endpoints/nothing', '/api/models/penguins?most=x']) {
      const problem: unknown = await (await fetch(server.url + at)).json();
      expect([problem, valid(problem), valid.errors]).toEqual([problem, true, null]);
    }
  });
});
