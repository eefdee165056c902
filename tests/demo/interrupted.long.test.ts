import { afterAll, expect, it } from 'vitest';
import { DemoProject, sleep } from './demo-project.js';

const project = new DemoProject();
afterAll(() => project.remove());

/** Moments of Ctrl-C, in ms after the start: drawn once, spread over set-up, start, review, tuning, training, serving. */
const MOMENTS = [150, 900, 2_300, 4_100, 6_500, 9_300, 13_700, 19_900, 27_000];

it('Ctrl-C at any moment: exit code 130, nothing left running, and the next start takes the run up again', async () => {
  const runs = new Set<string>();
  for (const moment of MOMENTS) {
    const demo = project.demo('--once', '--json');
    await Promise.race([sleep(moment), demo.ended]);
    process.kill(demo.pid, 'SIGINT');
    const { code, signal, err, out } = await demo.ended;
    // On a quick machine the demo may have come to its end.
    if (code === 0) break;
    // Before it has done anything, Node itself ends by the signal: 130 for a shell.
    expect(signal === 'SIGINT' ? 130 : code, `after ${moment} ms: ${err}${out}`).toBe(130);
    expect(await project.leftovers(), `after ${moment} ms`).toEqual([]);
    const run = project.run();
    if (run !== undefined) runs.add(run);
  }
  const result = await project.result();
  runs.add(result.runs[0] ?? '');
  expect(runs.size).toBe(1);
  expect(result.models.before).toMatch(/^sha256-/);
  expect(await project.leftovers()).toEqual([]);
}, 900_000);
