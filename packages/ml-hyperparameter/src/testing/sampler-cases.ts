import type { Sampler } from '../samplers/contract.js';
import { linear, type Space } from '../space/index.js';
import { createStudy, Study } from '../study/index.js';
import { float } from '../space/index.js';
import { hold, same, scoreOf, type Case } from './case.js';
import { conformanceSpaces } from './spaces.js';

/** What a sampler can do. */
export interface SamplerCaseOptions {
  /** Spaces that it does not take, by the kit's names, each with a reason. */
  readonly skips?: Readonly<Record<string, string>>;
  /** How many objectives it can have (default 1). */
  readonly objectives?: number;
  /** Trials of a case (default 30). */
  readonly trials?: number;
}

type Make = () => Sampler;

function play(study: Study, from: number, to: number, objectives: number): unknown[] {
  const asked: unknown[] = [];
  for (let i = from; i < to; i++) {
    const { number, params } = study.ask();
    asked.push(params);
    if (i % 7 === 3) study.fail(number, 'as the case wants');
    else if (i % 7 === 5) {
      study.report(number, 1, scoreOf(params));
      study.prune(number);
    } else
      study.tell(
        number,
        Array.from({ length: objectives }, (_, k) => (k === 0 ? scoreOf(params) : 1 / (0.1 + scoreOf(params)))),
      );
  }
  return asked;
}

function fresh(make: Make, space: Space, objectives: number, seed = 3): Study {
  return createStudy({
    space,
    sampler: make(),
    seed,
    directions: new Array<'minimize'>(objectives).fill('minimize'),
  }) as Study;
}

function revived(make: Make, study: Study): Study {
  return Study.fromJSON(JSON.parse(JSON.stringify(study)), { samplers: [make()] });
}

/** Runs a trial that falls towards its score, as far as it is let; gives the step that it reached. */
function pruned(study: Study, objectives: number): number {
  const { number, params } = study.ask();
  for (let step = 1; step <= 9; step++) {
    study.report(number, step, scoreOf(params) + 1 / step);
    if (step === 9 || !study.shouldPrune(number)) continue;
    study.prune(number);
    return step;
  }
  study.tell(number, new Array<number>(objectives).fill(scoreOf(params) + 1 / 9));
  return 9;
}

/** The cases of a sampler; `make` gives a fresh one each time. */
export function samplerCases(make: Make, options: SamplerCaseOptions = {}): Case[] {
  const { skips = {}, objectives = 1, trials = 30 } = options;
  const spaces = Object.entries(conformanceSpaces).filter(([name]) => skips[name] === undefined);
  const perSpace = spaces.flatMap(([name, space]): Case[] => [
    {
      name: `suggests canonical points of the space, failures and pruned trials among them: ${name}`,
      run: () => {
        const study = fresh(make, space, objectives);
        for (const params of play(study, 0, trials, objectives)) {
          const point = study.domain.pointOf(params as never);
          same(study.domain.configurationAt(point), params, 'a suggestion has another form than its canonical one');
        }
      },
    },
    {
      name: `same seed and same tells give the same suggestions: ${name}`,
      run: () =>
        same(
          play(fresh(make, space, objectives), 0, trials, objectives),
          play(fresh(make, space, objectives), 0, trials, objectives),
          'two equal studies differ',
        ),
    },
    {
      name: `goes on from JSON at any point as if nothing had been: ${name}`,
      run: () => {
        const straight = fresh(make, space, objectives);
        let broken = fresh(make, space, objectives);
        for (let i = 0; i < trials; i++) {
          same(play(broken, i, i + 1, objectives), play(straight, i, i + 1, objectives), `trial ${i} differs`);
          if (i % 3 === 1) broken = revived(make, broken);
        }
      },
    },
  ]);
  return [
    ...perSpace,
    {
      name: 'works with trials running and tells out of order',
      run: () => {
        const study = fresh(make, conformanceSpaces['log and steps'] as Space, objectives);
        const open: { number: number; params: unknown }[] = [];
        for (let i = 0; i < trials; i++) {
          open.push(study.ask());
          if (open.length < 5) continue;
          const [done] = open.splice((i * 3) % 5, 1);
          if (done !== undefined) study.tell(done.number, new Array<number>(objectives).fill(scoreOf(done.params)));
        }
      },
    },
    {
      name: 'keeps restrictions between parameters',
      run: () => {
        const space = { a: float(0, 1), b: float(0, 1) };
        const study = createStudy({
          space,
          sampler: make(),
          restrictions: [linear({ a: 1, b: 1 }, 1)],
          directions: new Array<'minimize'>(objectives).fill('minimize'),
        });
        for (let i = 0; i < trials; i++) {
          const { number, params } = study.ask();
          hold(params.a + params.b <= 1 + 1e-9, `a + b = ${params.a + params.b} is over 1`);
          study.tell(number, new Array<number>(objectives).fill(scoreOf(params)));
        }
      },
    },
    {
      name: 'bears equal losses, huge losses and broken outcome constraints',
      run: () => {
        for (const value of [1, 1e300, -1e300]) {
          const study = fresh(make, conformanceSpaces['log and steps'] as Space, objectives);
          for (let i = 0; i < trials; i++) {
            const { number } = study.ask();
            study.tell(number, {
              values: new Array<number>(objectives).fill(i % 2 === 0 ? value : 1),
              constraints: [i % 3 === 0 ? -1 : 1],
            });
          }
        }
      },
    },
    {
      name: 'takes part in pruning the same way again, from JSON too',
      run: () => {
        const begin = (): Study =>
          createStudy({
            space: conformanceSpaces['log and steps'] as Space,
            sampler: make(),
            pruner: 'median',
            directions: new Array<'minimize'>(objectives).fill('minimize'),
          }) as Study;
        const straight = begin();
        let broken = begin();
        for (let i = 0; i < trials; i++) {
          same(
            pruned(broken, objectives),
            pruned(straight, objectives),
            `trial ${i} ran on for another number of steps`,
          );
          if (i % 5 === 2) broken = revived(make, broken);
        }
      },
    },
    {
      name: 'does not change what it is shown',
      run: () => {
        const study = fresh(make, conformanceSpaces['choices'] as Space, objectives);
        play(study, 0, 15, objectives);
        const before = JSON.stringify(study.trials);
        study.ask();
        same(JSON.stringify(study.trials.slice(0, 15)), before, 'trials changed');
      },
    },
  ];
}
