import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { MOST_REUSED, ReusedFiles } from './reused-files.js';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function fresh() {
  const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-reused-'));
  folders.push(folder);
  const [temps, finals] = [path.join(folder, 'tmp'), path.join(folder, 'records')];
  mkdirSync(temps);
  mkdirSync(finals);
  let count = 0;
  return {
    temps,
    final: (name: number) => path.join(finals, String(name)),
    name: () => path.join(temps, `${count++}`),
  };
}

const step = fc.oneof(
  fc.record({ do: fc.constant('create' as const), name: fc.nat(8), text: fc.string({ minLength: 1, maxLength: 30 }) }),
  fc.record({ do: fc.constant('remove' as const), name: fc.nat(8) }),
  fc.record({ do: fc.constant('tidy' as const), keep: fc.nat(3) }),
);

it('holds what was created first under each name, until that is removed, whoever tidies up meanwhile', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { temps, final, name } = fresh();
      const files = new ReusedFiles(name);
      const held = new Map<number, string>();
      for (const one of steps) {
        if (one.do === 'create') {
          expect(files.create(final(one.name), Buffer.from(one.text))).toBe(!held.has(one.name));
          if (!held.has(one.name)) held.set(one.name, one.text);
        } else if (one.do === 'remove') {
          files.remove(final(one.name));
          held.delete(one.name);
        } else for (const temp of readdirSync(temps).slice(one.keep)) rmSync(path.join(temps, temp));
        for (const [at, text] of held) expect(readFileSync(final(at), 'utf8')).toBe(text);
      }
    }),
    { numRuns: 200 },
  );
});

it('makes one file for reservations that come one after another, and leaves a bounded number beside those that stay', () => {
  const { temps, final, name } = fresh();
  const files = new ReusedFiles(name);
  for (let at = 0; at < 20; at++) {
    files.create(final(at), Buffer.from(String(at)));
    files.remove(final(at));
  }
  expect(readdirSync(temps)).toHaveLength(1);
  for (let at = 0; at < 3 * MOST_REUSED; at++) files.create(final(at), Buffer.from(String(at)));
  expect(readdirSync(temps).length).toBeLessThanOrEqual(MOST_REUSED);
  for (let at = 0; at < 3 * MOST_REUSED; at++) expect(readFileSync(final(at), 'utf8')).toBe(String(at));
});
