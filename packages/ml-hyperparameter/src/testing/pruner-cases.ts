import type { Pruner } from '../pruners/contract.js';
import { float } from '../space/index.js';
import { createStudy, Study } from '../study/index.js';
import { hold, same, type Case } from './case.js';

/** What a pruner is like. */
export interface PrunerCaseOptions {
  /** Whether one clearly hopeless trial among many good ones is pruned in time (default true). */
  readonly prunesHopeless?: boolean;
  /** Steps of a trial (default 27). */
  readonly steps?: number;
}

const SPACE = { x: float(0, 1) };

/** Plays trials that fall towards x; gives the step at which each was pruned (0: never). */
function play(study: Study, trials: number, steps: number, offset: (trial: number) => number): number[] {
  return Array.from({ length: trials }, (_, i) => {
    const { number } = study.ask();
    for (let step = 1; step <= steps; step++) {
      study.report(number, step, offset(i) + 1 / step);
      if (step < steps && study.shouldPrune(number)) {
        study.prune(number);
        return step;
      }
    }
    study.tell(number, offset(i) + 1 / steps);
    return 0;
  });
}

/** The cases of a pruner; `make` gives a fresh one each time. */
export function prunerCases(make: () => Pruner, options: PrunerCaseOptions = {}): Case[] {
  const { prunesHopeless = true, steps = 27 } = options;
  const fresh = (): Study => createStudy({ space: SPACE, sampler: 'random', pruner: make(), seed: 2 }) as Study;
  const wavy = (i: number): number => ((i * 7919) % 101) / 101;
  return [
    {
      name: 'never prunes the first trial, and no trial before its first report',
      run: () => {
        const study = fresh();
        const { number } = study.ask();
        hold(!study.shouldPrune(number), 'a trial without a report was pruned');
        for (let step = 1; step <= steps; step++) {
          study.report(number, step, 1 / step);
          hold(!study.shouldPrune(number), `the only trial was pruned at step ${step}`);
        }
      },
    },
    {
      name: 'never prunes a trial that leads at every step',
      run: () => {
        const study = fresh();
        play(study, 20, steps, (i) => 1 + wavy(i));
        same(
          play(study, 1, steps, () => 0),
          [0],
          'the leader was pruned at',
        );
      },
    },
    {
      name: 'gives the same answers again, after JSON too, and asking changes nothing',
      run: () => {
        const a = fresh();
        const b = fresh();
        same(play(a, 30, steps, wavy), play(b, 30, steps, wavy), 'two equal studies differ');
        const revived = Study.fromJSON(JSON.parse(JSON.stringify(a)), { pruners: [make()] });
        same(play(revived, 10, steps, wavy), play(b, 10, steps, wavy), 'a study from JSON differs');
      },
    },
    {
      name: 'takes the direction into account',
      run: () => {
        const down = fresh();
        const up = createStudy({
          space: SPACE,
          sampler: 'random',
          pruner: make(),
          seed: 2,
          directions: 'maximize',
        }) as Study;
        const one = play(down, 30, steps, wavy);
        const other = Array.from({ length: 30 }, (_, i) => {
          const { number } = up.ask();
          for (let step = 1; step <= steps; step++) {
            up.report(number, step, -(wavy(i) + 1 / step));
            if (step < steps && up.shouldPrune(number)) {
              up.prune(number);
              return step;
            }
          }
          up.tell(number, -(wavy(i) + 1 / steps));
          return 0;
        });
        same(other, one, 'maximising the negative differs from minimising');
      },
    },
    {
      name: prunesHopeless ? 'prunes a trial that is hopeless' : 'bears a trial that is hopeless',
      run: () => {
        const study = fresh();
        play(study, 20, steps, (i) => 0.1 * wavy(i));
        const [step] = play(study, 1, steps, () => 100);
        if (prunesHopeless) hold(step !== undefined && step > 0, 'a hopeless trial ran to its end');
      },
    },
    {
      name: 'bears reports that are no numbers',
      run: () => {
        const study = fresh();
        play(study, 5, steps, wavy);
        const { number } = study.ask();
        study.report(number, 1, NaN);
        study.shouldPrune(number);
        study.report(number, 2, Infinity);
        study.shouldPrune(number);
        study.report(number, 3, 1);
        study.shouldPrune(number);
      },
    },
  ];
}
