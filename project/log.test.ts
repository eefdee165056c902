import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { Redactor } from '../worker/redactor.js';
import { logFile, makeLog } from './log.js';
import { compiled } from './package-root.js';

const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));
const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

function collected(clean?: (text: string) => string): { log: ReturnType<typeof makeLog>; lines: string[] } {
  const lines: string[] = [];
  return { log: makeLog('worker', { write: (line) => void lines.push(line) }, { clean }), lines };
}

test('a line has level, time, process, pid, run, node, attempt and message; an error is what it says', () => {
  const { log, lines } = collected();
  const err = Object.assign(new Error('no more'), { code: 'E1', cause: new Error('of this') });
  log.warn({ run: 'r-1', node: 'train.forest', call: 'n2', attempt: 2, err }, 'failed after %d s', 3);
  const [line] = linesOf(lines.join(''));
  expect(line).toMatchObject({
    level: 'warn',
    process: 'worker',
    pid: process.pid,
    run: 'r-1',
    node: 'train.forest',
    call: 'n2',
    attempt: 2,
    msg: 'failed after 3 s',
    err: { type: 'Error', code: 'E1', message: expect.stringContaining('no more') as string },
  });
  expect(new Date(String(line?.['time'])).toISOString()).toBe(line?.['time']);
});

test('the value of a secret stands in no text of a line, wherever it came in, and each line is JSON still', () => {
  // Also values that would break a line if they were cut out of it: numbers, quotes, names of fields.
  const secret = fc.oneof(
    fc.constantFrom('1', '17', '","msg":"', 'level', '{}', '\\', 'a\nb\nc', '1795933581', 'process'),
    fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text.trim() !== ''),
  );
  fc.assert(
    fc.property(secret, fc.string(), (value, around) => {
      const redactor = new Redactor();
      redactor.add('token', value);
      const { log, lines } = collected((text) => redactor.clean(text));
      const text = `${around} ${value} ${around}`;
      log.info({ run: text, deep: { list: [text, { text }] }, err: new Error(text) }, text);
      log.warn(text);
      const given = linesOf(lines.join(''));
      expect(given.map(({ level }) => level)).toEqual(['info', 'warn']);
      const clean = redactor.clean(text);
      const { run, deep, err, msg } = given[0]!;
      expect([run, deep, msg, given[1]!['msg']]).toEqual([clean, { list: [clean, { text: clean }] }, clean, clean]);
      expect((err as { message: string }).message).toBe(clean);
    }),
    { numRuns: 200, seed: 22 },
  );
});

test('a long log is put aside under another name, and no line is lost at that moment', async () => {
  const file = path.join(folder, 'long', 'worker.log');
  const log = makeLog('worker', logFile(file));
  const text = 'x'.repeat(7_900);
  for (let n = 0; n < 3_000; n++) {
    log.info({ n }, text);
    if (n % 50 === 0) await turn();
  }
  await turn();
  const numbers = [`${file}.before`, file].flatMap((one) => linesOf(readFileSync(one, 'utf8')).map(({ n }) => n));
  expect(numbers).toEqual(Array.from({ length: 3_000 }, (_, n) => n));
  expect(statSync(`${file}.before`).size).toBeLessThan(18 * 1024 * 1024);
});

test('a text of megabytes is cut in its line: it stands whole where it came from', () => {
  const { log, lines } = collected();
  log.info({ run: 'y'.repeat(1_000_000) }, 'x'.repeat(1_000_000));
  expect(lines.join('').length).toBeLessThan(20_000);
});

test('what a process says in the moment of its end is in its log', () => {
  const file = path.join(folder, 'end', 'worker.log');
  const module = pathToFileURL(compiled('project', 'log.js')).href;
  const program = `const { logFile, makeLog } = await import(${JSON.stringify(module)});
    makeLog('worker', logFile(${JSON.stringify(file)})).info({ run: 'last' }, 'goodbye'); process.exit(0);`;
  execFileSync(process.execPath, ['--input-type=module', '-e', program]);
  expect(linesOf(readFileSync(file, 'utf8'))).toMatchObject([{ run: 'last', msg: 'goodbye' }]);
});

test.skipIf(!existsSync('/dev/full'))(
  'a disk that takes nothing is no reason to end, nor a place that is none',
  async () => {
    for (const file of ['/dev/full', path.join(import.meta.filename ?? import.meta.url, 'worker.log')]) {
      makeLog('worker', logFile(file)).info('nobody reads this');
      await turn();
    }
  },
);
