import { z } from 'zod';
import { approval, gate, map, pipeline, tune, valueOf, type CallOptions, type Handle, type Ref } from 'trainyard';
import { float } from 'trainyard/search';
import { halves, join, light, list, make, refuse, score, step } from '../nodes/probe/index.js';

/** Shapes of graphs, each small, whose calls all have labels of their own. */
const params = z.object({
  /** Part of every key: runs with different salts share nothing. */
  salt: z.string(),
  /** The call that is given little time. */
  brief: z.string().default(''),
});
type Params = z.output<typeof params>;

function optionsOf(label: string, { brief }: Params): CallOptions {
  return label === brief ? { timeout: 3000, retry: { attempts: 2 } } : {};
}

type Kind = ReturnType<typeof make>['artifact'];
/** A number that a node gives, waited for or not. */
type Num = Handle<Kind> | Ref<Kind>;

/** The nodes with salt and options filled in. */
function nodesFor(p: Params) {
  const { salt } = p;
  return {
    make: (label: string, n: number) => make({ label, n, salt }, optionsOf(label, p)),
    step: (label: string, from: Num, add = 1) => step({ label, from, add, salt }, optionsOf(label, p)),
    light: (label: string, from: Num) => light({ label, from, salt }, optionsOf(label, p)),
    join: (label: string, all: readonly Num[]) => join({ label, all, salt }, optionsOf(label, p)),
    list: (label: string, length: number) => list({ label, length, salt }, optionsOf(label, p)),
    halves: (label: string, from: Num) => halves({ label, from, salt }, optionsOf(label, p)),
    refuse: (label: string, from: Num) => refuse({ label, from, salt }, optionsOf(label, p)),
  };
}

export const linear = pipeline('linear', { params }, (p) => {
  const n = nodesFor(p);
  return n.step('d', n.light('c', n.step('b', n.make('a', 1))));
});

export const diamond = pipeline('diamond', { params }, (p) => {
  const n = nodesFor(p);
  const a = n.make('a', 1);
  return n.join('d', [n.step('b', a), n.step('c', a, 2)]);
});

export const mapped = pipeline('mapped', { params }, async (p) => {
  const n = nodesFor(p);
  const all = await map([1, 2, 3, 4], (item) => n.step(`step ${item}`, n.make(`make ${item}`, item)));
  return n.join('all', all);
});

export const nested = pipeline('nested', { params }, async (p) => {
  const n = nodesFor(p);
  const rows = await map([1, 2], async (row) => {
    const cells = await map([1, 2], (cell) => n.make(`cell ${row} ${cell}`, 10 * row + cell));
    return n.join(`row ${row}`, cells);
  });
  return n.join('all', rows);
});

export const empty = pipeline('empty', { params }, async (p) => {
  const n = nodesFor(p);
  const none = await map([] as number[], (item) => n.make(`never ${item}`, item));
  return n.join('all', [n.join('none', none), n.make('one', 1)]);
});

export const branched = pipeline('branched', { params }, async (p) => {
  const n = nodesFor(p);
  const all = await map([1, 2, 3], async (item) => {
    const made = n.make(`make ${item}`, item);
    const odd = await gate(made, (value) => value.n % 2 === 1, `odd ${item}`);
    return odd ? n.step(`odd ${item}`, made) : n.light(`even ${item}`, made);
  });
  return n.join('all', all);
});

export const loop = pipeline('loop', { params }, async (p) => {
  const n = nodesFor(p);
  let at = n.make('first', 0);
  for (let turn = 1; (await valueOf(at)).n < 4; turn++) at = n.step(`turn ${turn}`, at);
  return at;
});

const part = pipeline('part', { params: params.extend({ name: z.string(), from: z.number() }) }, (p) => {
  const n = nodesFor(p);
  return n.step(`${p.name} step`, n.make(`${p.name} make`, p.from));
});

export const nestedPipelines = pipeline('parts', { params }, async (p) => {
  const n = nodesFor(p);
  const parts = await Promise.all([part({ ...p, name: 'left', from: 1 }), part({ ...p, name: 'right', from: 2 })]);
  return n.join('all', parts);
});

export const caught = pipeline('caught', { params }, async (p) => {
  const n = nodesFor(p);
  const a = n.make('a', 1);
  let kept: Handle<Kind>;
  try {
    kept = n.refuse('risky', a);
    await kept;
  } catch {
    kept = n.step('instead', a, 5);
  }
  return n.join('all', [kept, a]);
});

/** Who wins may differ from run to run; the result does not depend on it. */
export const race = pipeline('race', { params }, async (p) => {
  const n = nodesFor(p);
  const both = [n.make('one', 1), n.step('other', n.make('before', 1))];
  await Promise.race(both);
  return n.join('all', both);
});

export const fanIn = pipeline('fan-in', { params }, (p) => {
  const n = nodesFor(p);
  const made = [1, 2, 3, 4, 5].map((item) => n.make(`make ${item}`, item));
  return n.join('both', [n.join('first', made.slice(0, 3)), n.join('last', made.slice(2))]);
});

export const width = pipeline('width', { params }, async (p) => {
  const n = nodesFor(p);
  const { items } = await valueOf(n.list('items', 4));
  return n.join('all', await map(items, (item) => n.light(`light ${item}`, n.make(`make ${item}`, item))));
});

export const study = pipeline('searched', { params }, async (p) => {
  const n = nodesFor(p);
  const from = n.make('from', 1);
  const found = tune(
    score,
    { from },
    {
      space: { x: float(0, 1) },
      sampler: { name: 'random' },
      trials: 4,
      parallel: 2,
      objective: 'out.n',
      params: { label: 'trial', salt: p.salt },
    },
  );
  return n.step('after', found.best);
});

export const asked = pipeline('asked', { params }, async (p) => {
  const n = nodesFor(p);
  const a = n.make('a', 1);
  await a;
  const yes = await approval({ name: 'go on', question: 'Shall it go on?', deadline: 200, byDefault: true });
  return yes ? n.step('yes', a) : n.step('no', a, 2);
});

/** Two equal calls are one computation; a third says that it is another. */
export const twins = pipeline('twins', { params }, async (p) => {
  const n = nodesFor(p);
  const a = n.make('a', 1);
  const other = step({ label: 'b', from: a, salt: p.salt }, { id: 'other', ...optionsOf('b', p) });
  return n.join('all', [n.step('b', a), n.step('b', a), other]);
});

export const ports = pipeline('ports', { params }, async (p) => {
  const n = nodesFor(p);
  const { low, high } = n.halves('halves', n.make('a', 5));
  return { low: n.step('low', low), high: n.step('high', high) };
});

/** A call whose result nobody uses still counts. */
export const dropped = pipeline('dropped', { params }, async (p) => {
  const n = nodesFor(p);
  const a = n.make('a', 1);
  n.step('aside', a);
  return n.step('b', a);
});
