/**
 * Several objectives: hypervolume after 200 trials on ZDT 1, 2, 3 (30 parameters) and DTLZ 2 (12 parameters, 3
 * objectives), at their authors' sizes.
 * Sources: Zitzler, Deb, Thiele (2000); Deb, Thiele, Laumanns, Zitzler (2002).
 */
import {
  createStudy,
  float,
  hypervolume,
  type AnyConfiguration,
  type SamplerSpec,
  type Space,
  type Study,
} from 'ml-hyperparameter';

/** Trials of a study. */
const TRIALS = 200;

interface Problem {
  readonly space: Space;
  readonly reference: readonly number[];
  readonly losses: (x: number[]) => number[];
}

const unit = (n: number): Space => Object.fromEntries(Array.from({ length: n }, (_, i) => [`x${i}`, float(0, 1)]));

function zdt(shape: (f1: number, g: number) => number): Problem {
  return {
    space: unit(30),
    reference: [11, 11],
    losses: (x) => {
      const g = 1 + (9 * x.slice(1).reduce((s, v) => s + v, 0)) / (x.length - 1);
      return [x[0] as number, g * shape(x[0] as number, g)];
    },
  };
}

const dtlz2: Problem = {
  space: unit(12),
  reference: [1.1, 1.1, 1.1],
  losses: (x) => {
    const g = x.slice(2).reduce((s, v) => s + (v - 0.5) ** 2, 0);
    const [a, b] = [((x[0] as number) * Math.PI) / 2, ((x[1] as number) * Math.PI) / 2];
    return [(1 + g) * Math.cos(a) * Math.cos(b), (1 + g) * Math.cos(a) * Math.sin(b), (1 + g) * Math.sin(a)];
  },
};

/** The four, by name. */
export const objectiveProblems: Readonly<Record<string, Problem>> = {
  zdt1: zdt((f, g) => 1 - Math.sqrt(f / g)),
  zdt2: zdt((f, g) => 1 - (f / g) ** 2),
  zdt3: zdt((f, g) => 1 - Math.sqrt(f / g) - (f / g) * Math.sin(10 * Math.PI * f)),
  dtlz2,
};

const vector = (p: AnyConfiguration): number[] =>
  Array.from({ length: Object.keys(p).length }, (_, i) => p[`x${i}`] as number);

/** One study of so many trials, planned for 200. */
export function searchFront(name: string, sampler: string, seed: number, trials: number): Study {
  const { space, reference, losses } = objectiveProblems[name] as Problem;
  const study = createStudy({
    space,
    sampler: { name: sampler } as SamplerSpec,
    seed,
    trials: TRIALS,
    directions: reference.map(() => 'minimize' as const),
  }) as Study;
  for (let i = 0; i < trials; i++) {
    const { number, params } = study.ask();
    study.tell(number, losses(vector(params)));
  }
  return study;
}

/** Hypervolume that one study reaches in 200 trials, six digits. */
export function reach(name: string, sampler: string, seed: number): number {
  const { trials } = searchFront(name, sampler, seed, TRIALS);
  const { reference } = objectiveProblems[name] as Problem;
  const found = trials.map(({ values }) => values as readonly number[]);
  return Number(hypervolume(found, reference).toPrecision(6));
}
