/** What the types promise; `types.test.ts` has the compiler read it. */
import {
  boolean,
  categorical,
  conditional,
  createStudy,
  float,
  int,
  ordinal,
  type AnyConfiguration,
  type Configuration,
  type Space,
} from './index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T | undefined => undefined;

const flat = {
  rate: float(0, 1),
  layers: int(1, 8),
  optimizer: categorical(['adam', 'sgd']),
  size: ordinal([8, 16]),
  bias: boolean(),
};
type Flat = Configuration<typeof flat>;
holds<
  Equal<
    Flat,
    {
      readonly rate: number;
      readonly layers: number;
      readonly optimizer: 'adam' | 'sgd';
      readonly size: 8 | 16;
      readonly bias: boolean;
    }
  >
>();

const nested = {
  seed: int(0, 9),
  model: conditional({
    svm: { C: float(1, 2), kernel: conditional({ rbf: { gamma: float(1, 2) }, linear: {} }) },
    forest: { trees: int(1, 2) },
  }),
};
const study = createStudy({ space: nested });
const { params } = study.ask();
const seed: number = params.seed;
if (params.model === 'svm') {
  const c: number = params.C;
  if (params.kernel === 'rbf') {
    const gamma: number = params.gamma;
    void gamma;
  } else {
    // @ts-expect-error a linear kernel has no gamma
    void params.gamma;
  }
  // @ts-expect-error trees belong to forests
  void params.trees;
  void c;
} else {
  const trees: number = params.trees;
  void trees;
}
// @ts-expect-error C may be absent before the model is known
void params.C;
void seed;

study.enqueue({ seed: 1, model: 'forest', trees: 2 });
// @ts-expect-error a forest has no C
study.enqueue({ seed: 1, model: 'forest', trees: 2, C: 1 });
// @ts-expect-error there is no such model
study.enqueue({ seed: 1, model: 'tree', trees: 2 });

const two = { a: conditional({ x: { p: int(0, 1) }, y: {} }), b: conditional({ u: { q: float(0, 1) }, v: {} }) };
type Two = Configuration<typeof two>;
const good: Two = { a: 'x', p: 1, b: 'v' };
// @ts-expect-error q is missing
const bad: Two = { a: 'x', p: 1, b: 'u' };
void good;
void bad;

const plain: Space = JSON.parse('{}') as Space;
holds<Equal<Configuration<typeof plain>, AnyConfiguration>>();
// @ts-expect-error there is no sampler of that name
createStudy({ space: flat, sampler: 'bayes' });
