import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainyardError } from '@trainyard/errors';
import { Told, ToyNode } from './toy-executor.test-part.js';

const VALUE = 'hunter2-"secret"/value';
const toy = new ToyNode(
  `
  const value = how.asked ? ctx.secret('token') : process.env.TOY_TOKEN;
  const basic = Buffer.from('user:' + value).toString('base64');
  if (how.do === 'talk') {
    ctx.log('log ' + value);
    ctx.progress(0.5, 'word ' + 'x'.repeat(490) + value);
    console.log('out', JSON.stringify({ value }));
    console.error('err', encodeURIComponent(value));
    execFileSync('/bin/sh', ['-c', 'printf "child "; printf %s "$0"; sleep 0.1; echo " done"', basic], { stdio: 'inherit' });
    process.stdout.write('cut ' + value.slice(0, 9));
    await new Promise((late) => setTimeout(late, 50));
    process.stdout.write(value.slice(9) + '\\n');
  }
  if (how.do === 'throw') throw new Error('no ' + 'x'.repeat(2_970) + value + 'y'.repeat(5_000), { cause: new Error('cause ' + value) });
  if (how.do === 'refuse')
    throw new UserError('what ' + value, { expected: 'e ' + basic, actual: 'a ' + value, where: { column: value }, remedy: 'r ' + value });
  if (how.do === 'crash') { console.error('dying with ' + value); process.exit(3); }
  if (how.do === 'give') return { value: { deep: ['Basic ' + basic] } };
  if (how.do === 'write') return { value: 1, files: { 'notes.txt': 'x'.repeat(100) + value } };
  if (how.do === 'keep') {
    writeFileSync(ctx.scratch + '/a.bin', Buffer.concat([Buffer.alloc(1000), Buffer.from(value)]));
    return { value: 1, files: { 'a.bin': { path: 'a.bin' } } };
  }
  return { value: how.do };
`,
  `import { execFileSync } from 'node:child_process'; import { writeFileSync } from 'node:fs'; import { UserError } from 'trainyard/worker';`,
);
const file = path.join(toy.folder, 'token');
writeFileSync(file, `${VALUE}\n`);
beforeAll(() => {
  process.env['TOY_TOKEN'] = VALUE;
});
afterAll(() => {
  delete process.env['TOY_TOKEN'];
  toy.close();
});

describe.each([
  ['asked for', true],
  ['taken from the environment', false],
])('a secret that was %s', (_, asked) => {
  const executor = toy.executor({ token: { file } });
  const failed = async (told: Told, what: string): Promise<TrainyardError> =>
    told.run(executor, toy.message({ asked, do: what })).then(
      () => Promise.reject(new Error('it should have failed')),
      (error: unknown) => error as TrainyardError,
    );
  /** Nothing of the value, in whatever form, and no half of it. */
  const expectHidden = (text: string): void => {
    expect(text).toContain('•••');
    for (const part of ['hunter2', 'secret\\"', '/value', '%2Fvalue', 'aHVudGVy', 'c2VjcmV0', 'dmFsdW'])
      expect(text.includes(part), `${part} in ${text}`).toBe(false);
  };

  it('stands in no line of the log, of whoever wrote it, and in no word of progress', async () => {
    const told = new Told();
    await told.run(executor, toy.message({ asked, do: 'talk' }));
    expect(told.lines).toHaveLength(5);
    for (const line of told.lines) expectHidden(line);
    for (const words of told.progress) expect(words).toMatch(/x\b.*•••$|x•••$/);
    expect(told.lines.some((line) => /^child .*•••\S* done$/.test(line))).toBe(true);
  });

  it('stands in no part of an error, its cause or its stack, also where these are cut', async () => {
    for (const what of ['throw', 'refuse']) {
      const told = new Told();
      const error = await failed(told, what);
      expectHidden(JSON.stringify([error.message, error.toRecord()]));
      if (what === 'throw') expectHidden(told.lines.join('\n'));
    }
  });

  it('stands in no message of a crash', async () => {
    const told = new Told();
    const error = await failed(told, 'crash');
    expect(error).toMatchObject({ code: 'TY-NODE-CRASHED', actual: 'dying with •••' });
    expectHidden(told.lines.join('\n'));
  });

  it.each([
    ['give', { port: 'out', field: 'value' }],
    ['write', { port: 'out', file: '"notes.txt"' }],
    ['keep', { port: 'out', file: '"a.bin"' }],
  ])('is refused in an output (%s), naming the output and the secret, not the value', async (what, where) => {
    const error = await failed(new Told(), what);
    expect(error).toMatchObject({ code: 'TY-NODE-SECRET', where, permanent: true });
    expect(error.message).toContain('"token"');
    expect(error.message).not.toContain('hunter2');
  });
});
