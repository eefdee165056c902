import { expect, it } from 'vitest';
import { createStudy, float, int, type Space } from '../index.js';

const twoFloats = { x: float(0, 1), y: float(0, 1) };

/** Tells a study its own smooth loss; gives what was asked and by whom. */
function play(space: Space, options: object, trials: number): { params: unknown[]; by: string[]; notes: string[] } {
  const study = createStudy({ space, ...options });
  const params: unknown[] = [];
  for (let i = 0; i < trials; i++) {
    const asked = study.ask();
    params.push(asked.params);
    const sum = Object.values(asked.params).reduce<number>((s, v) => s + (v as number) ** 2, 0);
    study.tell(
      asked.number,
      study.objectives.map((_, k) => sum + k),
    );
  }
  return { params, by: study.trials.map((t) => t.by), notes: study.notes.map((n) => n.text) };
}

it('takes a grid where all configurations fit, and goes on by itself after that', () => {
  const { by, notes } = play({ n: int(1, 4), m: int(1, 3) }, { trials: 14 }, 14);
  expect(by).toEqual([...new Array<string>(12).fill('grid'), 'gp', 'gp']);
  expect(notes[0]).toBe('Begins with grid: all 12 configurations fit into 14 trials.');
  expect(notes[1]).toMatch(/^Changes from grid to gp: /);
});

it('is the process where trials are few, suggestion by suggestion', () => {
  expect(play(twoFloats, {}, 12).params).toEqual(play(twoFloats, { sampler: 'gp' }, 12).params);
});

it('takes a Parzen estimator where many run at once, and where parameters are many', () => {
  expect(play(twoFloats, { parallel: 100 }, 2).by).toEqual(['tpe', 'tpe']);
  const wide = Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`x${i}`, float(0, 1)]));
  expect(play(wide, {}, 2).notes).toEqual(['Begins with tpe: 80 parameters are too many for a process.']);
});

it('takes several objectives, and changes over when the study has outgrown the process', () => {
  expect(play(twoFloats, { directions: ['minimize', 'minimize'] }, 2).by).toEqual(['gp', 'gp']);
  const study = createStudy({ space: twoFloats });
  for (let i = 0; i < 600; i++) study.add({ x: (i % 30) / 30, y: i / 600 }, i);
  study.ask();
  expect(study.notes[0]?.text).toMatch(/^Begins with tpe: after 600 trials/);
});
