import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../matrix/shapes.js';
import { sleep } from './demo-project.js';
import { LifecycleProject, TOLD } from './lifecycle-project.js';

const SEEDS = process.env['TRAINYARD_SEED'] === undefined ? [1, 2, 3] : [Number(process.env['TRAINYARD_SEED'])];
const TARGETS = {
  worker: /worker\/main\.js/,
  executor: /executor-main/,
  temporal: /temporal\S* server start-dev/,
  valkey: /valkey-server|redis-server/,
  all: /./,
} as const;
type Target = keyof typeof TARGETS;

describe('kill -9 in the life of a model, of each part and of all at once', () => {
  const projects: LifecycleProject[] = [];
  const project = async (): Promise<LifecycleProject> => {
    const made = new LifecycleProject();
    projects.push(made);
    await made.dev();
    return made;
  };
  let undisturbed: string[];
  /** Executions that it takes undisturbed. */
  let length: number;

  beforeAll(async () => {
    const clean = await project();
    await begin(clean, 'life');
    expect(await clean.ended('life')).toMatchObject({ status: 'completed' });
    length = clean.executed();
    undisturbed = await clean.digests('life');
    expect(clean.counted()).toEqual(TOLD);
    await clean.stop();
  }, 900_000);
  afterAll(async () => {
    for (const one of projects) await one.remove();
  });

  it.each(SEEDS)(
    'seed %i: the artifacts are those of the undisturbed run, and no effect has happened twice',
    async (seed) => {
      const again = `TRAINYARD_TESTS=all TRAINYARD_SEED=${seed} npx vitest run tests/demo/chaos.long.test.ts`;
      const life = await project();
      const random = randomFrom(seed);
      const plan = (Object.keys(TARGETS) as Target[])
        .map((target) => ({ target, at: 0.7 * random() * length, later: 400 * random() }))
        .sort((a, b) => a.at - b.at);
      // Whoever asks for it may be killed as well, once it goes on.
      const asked = begin(life, 'life');
      asked.catch(() => undefined);
      while (life.executed() === 0) await Promise.race([sleep(20), asked.then(() => sleep(20))]);
      const killed: Target[] = [];
      // A moment is so many executions, and a while: machines are quick and slow, and moments by the clock come too late.
      for (const { target, at, later } of plan) {
        while (life.executed() < Math.floor(at) && !(await life.end('life'))) await sleep(20);
        await sleep(later);
        if (await kill(life, target, random)) killed.push(target);
      }
      let run = 'life';
      let end = await life.ended(run);
      // Parts that are killed again and again may use a node's attempts up; then somebody resumes the run.
      for (let resumes = 0; end.status !== 'completed' && resumes < 3; resumes++) {
        const { out } = await life.trainyard('resume', run, '--detach', '--json').ended;
        ({ run } = JSON.parse(out.trim().split('\n').at(-1) ?? '') as { run: string });
        end = await life.ended(run);
      }
      expect(end, again).toMatchObject({ status: 'completed' });
      expect(await life.digests(run), `${again}\nkilled: ${killed.join()}`).toEqual(undisturbed);
      expect(life.counted(), again).toEqual(TOLD);
      expect(killed.length, `${again}\nthe run was over too early: ${killed.join()}`).toBeGreaterThanOrEqual(4);
      await life.stop();
    },
    1_200_000,
  );
});

async function begin(project: LifecycleProject, id: string): Promise<void> {
  const { code, err } = await project.trainyard('run', 'lifecycle', '--id', id, '--seed', '7', '--detach').ended;
  if (code !== 0) throw new Error(err);
}

/** Kills one process of a kind, or everything, which is then started again. False when the run was over before. */
async function kill(project: LifecycleProject, target: Target, random: () => number): Promise<boolean> {
  if (target === 'all') {
    if (await project.end('life')) return false;
    project.kill(/./);
    await project.leftovers();
    await project.dev();
    return true;
  }
  for (; !(await project.end('life')); await sleep(50)) {
    const found = project.processes().filter(({ command }) => TARGETS[target].test(command));
    const one = found[Math.floor(random() * found.length)];
    if (!one) continue;
    process.kill(one.pid, 'SIGKILL');
    return true;
  }
  return false;
}
