/** From a space to its dimensions: checked, flattened, in an order that does not depend on how the space was written. */
import { exp, log } from '../numeric/elementary.js';
import { SearchError, show } from '../errors.js';
import type { Choice, Parameter, Space } from './parameters.js';

/**
 * One parameter of a flattened space, with its coordinate: numbers and ordinals lie in [0, 1] (`levels` equal cells
 * where the values are countable), choices are the indices 0 … levels − 1.
 */
export interface Dimension {
  /** The name where it is unique in the space, else the path of choices to it. */
  readonly id: string;
  readonly name: string;
  readonly parameter: Parameter;
  /** Whether the coordinate is an index without order. */
  readonly nominal: boolean;
  /** How many values it may take; `Infinity` for a float without step. */
  readonly levels: number;
  /** Position of the conditional dimension that it lives under; −1 at the top. */
  readonly parent: number;
  /** Index of the parent's branch under which it exists. */
  readonly branch: number;
}

/** Orders text by UTF-16 units, which no locale changes. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The branches of a conditional parameter in their canonical order. */
export function branchNames(parameter: Parameter): string[] {
  return parameter.kind === 'conditional' ? Object.keys(parameter.branches).sort(byText) : [];
}

/** Rounds to 10 significant digits, so that a value is short to read and has one form. */
export function canonicalNumber(value: number, digits = 10): number {
  const rounded = Number(value.toPrecision(digits));
  return rounded === 0 ? 0 : rounded;
}

function bad(at: string, what: string, expected: string, actual: unknown, remedy?: string): SearchError {
  return new SearchError('MLH-BAD-PARAMETER', what, {
    at: `parameter "${at}"`,
    expected,
    actual: show(actual),
    ...(remedy === undefined ? {} : { remedy }),
  });
}

function checkNumber(at: string, p: Extract<Parameter, { kind: 'float' | 'int' }>): void {
  for (const [end, value] of [
    ['low', p.low],
    ['high', p.high],
  ] as const) {
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw bad(at, `its ${end} end is not a number`, 'a finite number', value);
    if (p.kind === 'int' && !Number.isSafeInteger(value))
      throw bad(at, `its ${end} end is not whole`, 'a whole number', value, 'Use float() for fractions.');
  }
  if (p.low > p.high)
    throw bad(at, 'its range is empty', 'low ≤ high', `low ${p.low}, high ${p.high}`, 'Swap the two.');
  const width = p.high - p.low;
  if (!(width < Infinity) || (p.kind === 'int' && width >= Number.MAX_SAFE_INTEGER))
    throw bad(at, 'its range is too wide to count in', 'a narrower one', `${p.low} to ${p.high}`);
  if (p.log === true && p.low <= 0)
    throw bad(at, 'a log scale cannot reach 0 or below', 'low > 0', p.low, 'Raise low, or leave log out.');
  if (p.step !== undefined) {
    if (typeof p.step !== 'number' || !Number.isFinite(p.step) || p.step <= 0)
      throw bad(at, 'its step is not a positive number', 'step > 0', p.step);
    if (p.kind === 'int' && !Number.isSafeInteger(p.step))
      throw bad(at, 'its step is not whole', 'a whole number', p.step);
    if (p.log === true)
      throw bad(
        at,
        'it has both log and step',
        'one of them',
        'both',
        'Leave one out, or list the values with ordinal().',
      );
  }
}

function checkChoices(at: string, choices: readonly Choice[]): void {
  if (!Array.isArray(choices) || choices.length === 0)
    throw bad(at, 'it has nothing to choose from', 'at least one choice', choices);
  const seen = new Set<unknown>();
  for (const choice of choices) {
    const fine =
      choice === null ||
      typeof choice === 'string' ||
      typeof choice === 'boolean' ||
      (typeof choice === 'number' && Number.isFinite(choice));
    if (!fine)
      throw bad(
        at,
        'a choice is not plain data',
        'string, finite number, boolean or null',
        choice,
        'Name the choice by a string, and look the value up by it.',
      );
    if (seen.has(choice)) throw bad(at, 'a choice stands twice', 'different choices', choice);
    seen.add(choice);
  }
}

function levelsOf(at: string, p: Parameter): number {
  switch (p.kind) {
    case 'float':
      checkNumber(at, p);
      if (p.low === p.high) return 1;
      return p.step === undefined ? Infinity : Math.floor((p.high - p.low) / p.step + 1e-9) + 1;
    case 'int':
      checkNumber(at, p);
      return Math.floor((p.high - p.low) / (p.step ?? 1)) + 1;
    case 'categorical':
      checkChoices(at, p.choices);
      return p.choices.length;
    case 'ordinal':
      checkChoices(at, p.values);
      return p.values.length;
    case 'boolean':
      return 2;
    case 'conditional': {
      const n = typeof p.branches === 'object' && p.branches !== null ? Object.keys(p.branches).length : 0;
      if (n === 0) throw bad(at, 'it has no branches', 'at least one branch', p.branches);
      return n;
    }
    default:
      throw bad(
        at,
        'its kind is unknown',
        'float, int, categorical, ordinal, boolean or conditional',
        (p as { kind?: unknown }).kind,
      );
  }
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

interface Draft extends Omit<Dimension, 'id'> {
  readonly path: string;
}

function walk(
  space: Space,
  parent: number,
  branch: number,
  path: string,
  taken: readonly string[],
  out: Draft[],
): void {
  const names = Object.keys(space).sort(byText);
  for (const name of names) {
    if (name === '') throw new SearchError('MLH-BAD-PARAMETER', 'a parameter has an empty name');
    if (taken.includes(name)) {
      throw new SearchError('MLH-CLASHING-NAMES', `the name "${name}" would stand twice in one configuration`, {
        at: path === '' ? name : path + name,
        remedy: 'Give the inner one another name, such as one with the branch in front.',
      });
    }
  }
  for (const name of names) {
    const parameter = space[name] as Parameter;
    if (typeof parameter !== 'object' || parameter === null)
      throw bad(path + name, 'it is not a parameter', 'float(), int(), categorical(), …', parameter);
    const levels = levelsOf(path + name, parameter);
    const nominal =
      parameter.kind === 'categorical' || parameter.kind === 'boolean' || parameter.kind === 'conditional';
    const position = out.length;
    out.push({ path: path + name, name, parameter, nominal, levels, parent, branch });
    if (parameter.kind === 'conditional') {
      branchNames(parameter).forEach((key, index) => {
        const inner: unknown = parameter.branches[key];
        if (!isObject(inner))
          throw bad(`${path}${name}=${key}`, 'a branch is not a space', 'an object of parameters, or {}', inner);
        walk(inner as Space, position, index, `${path}${name}=${key}/`, [...taken, ...names], out);
      });
    }
  }
}

/** Two conditionals side by side whose branches share a name could both put it into one configuration. */
function checkSideways(dimensions: readonly Draft[]): void {
  const chain = (at: number): Map<number, number> => {
    const above = new Map<number, number>();
    for (let d = dimensions[at] as Draft; d.parent >= 0; d = dimensions[d.parent] as Draft)
      above.set(d.parent, d.branch);
    return above;
  };
  for (let i = 0; i < dimensions.length; i++) {
    for (let j = 0; j < i; j++) {
      if ((dimensions[i] as Draft).name !== (dimensions[j] as Draft).name) continue;
      const other = chain(j);
      const apart = [...chain(i)].some(([at, branch]) => other.has(at) && other.get(at) !== branch);
      if (!apart) {
        throw new SearchError(
          'MLH-CLASHING-NAMES',
          `the name "${(dimensions[i] as Draft).name}" could stand twice in one configuration`,
          {
            at: `${(dimensions[j] as Draft).path} and ${(dimensions[i] as Draft).path}`,
            remedy: 'Give one of them another name.',
          },
        );
      }
    }
  }
}

/** Checks a space and flattens it; parents come before what lives under them. */
export function dimensionsOf(space: Space): readonly Dimension[] {
  if (Array.isArray(space)) {
    throw new SearchError('MLH-BAD-PARAMETER', 'the space is a list', {
      expected: 'an object of names and their parameters',
      actual: show(space),
    });
  }
  if (!isObject(space) || Object.keys(space).length === 0) {
    throw new SearchError('MLH-EMPTY-SPACE', 'the space has no parameters', {
      remedy: 'Add one, as in { rate: float(1e-5, 1e-1, { log: true }) }.',
    });
  }
  const drafts: Draft[] = [];
  walk(space, -1, -1, '', [], drafts);
  checkSideways(drafts);
  return drafts.map(({ path, ...rest }) => ({
    ...rest,
    id: drafts.filter((d) => d.name === rest.name).length === 1 ? rest.name : path,
  }));
}

/** The value of a dimension at its coordinate, in its one canonical form. */
export function valueAt(d: Dimension, coordinate: number): Choice {
  const p = d.parameter;
  const u = d.nominal ? coordinate : coordinate < 0 ? 0 : coordinate > 1 ? 1 : coordinate;
  const cell = (): number => Math.max(0, Math.min(d.levels - 1, Math.floor(u * d.levels)));
  switch (p.kind) {
    case 'float': {
      if (d.levels === 1) return canonicalNumber(p.low, 17);
      if (p.step !== undefined) return canonicalNumber(p.low + cell() * p.step, 14);
      const raw = p.log === true ? exp(log(p.low) + u * (log(p.high) - log(p.low))) : p.low + u * (p.high - p.low);
      return Math.max(p.low, Math.min(p.high, canonicalNumber(raw)));
    }
    case 'int': {
      if (p.log !== true) return p.low + cell() * (p.step ?? 1);
      const a = log(p.low - 0.5);
      const raw = exp(a + u * (log(p.high + 0.5) - a));
      return Math.max(p.low, Math.min(p.high, Math.floor(raw + 0.5)));
    }
    case 'categorical':
      return p.choices[u] as Choice;
    case 'ordinal':
      return p.values[cell()] as Choice;
    case 'boolean':
      return u === 1;
    case 'conditional':
      return branchNames(p)[u] as string;
  }
}

/** The coordinate of a value; the middle of its cell where values are countable. `undefined` if it lies outside. */
export function coordinateOf(d: Dimension, value: unknown): number | undefined {
  const p = d.parameter;
  const within = (index: number): number | undefined => (index >= 0 ? index : undefined);
  switch (p.kind) {
    case 'float': {
      if (typeof value !== 'number' || !(value >= p.low && value <= p.high)) return undefined;
      if (d.levels === 1) return 0.5;
      if (p.step !== undefined) {
        const k = Math.floor((value - p.low) / p.step + 0.5);
        const gap = value - (p.low + k * p.step);
        return gap < 1e-6 * p.step && gap > -1e-6 * p.step ? (k + 0.5) / d.levels : undefined;
      }
      return p.log === true
        ? (log(value) - log(p.low)) / (log(p.high) - log(p.low))
        : (value - p.low) / (p.high - p.low);
    }
    case 'int': {
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < p.low || value > p.high)
        return undefined;
      if (p.log === true) {
        const a = log(p.low - 0.5);
        return (log(value) - a) / (log(p.high + 0.5) - a);
      }
      const k = (value - p.low) / (p.step ?? 1);
      return Number.isInteger(k) && k < d.levels ? (k + 0.5) / d.levels : undefined;
    }
    case 'categorical':
      return within(p.choices.indexOf(value as Choice));
    case 'ordinal': {
      const at = p.values.indexOf(value as Choice);
      return at < 0 ? undefined : (at + 0.5) / d.levels;
    }
    case 'boolean':
      return value === true ? 1 : value === false ? 0 : undefined;
    case 'conditional':
      return typeof value === 'string' ? within(branchNames(p).indexOf(value)) : undefined;
  }
}
