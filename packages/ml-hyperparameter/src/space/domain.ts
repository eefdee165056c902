/** A space made ready for samplers: dimensions, coordinates, and which of them exist where. */
import { SearchError, show } from '../errors.js';
import type { Generator } from '../random.js';
import { coordinateOf, dimensionsOf, valueAt, type Dimension } from './compile.js';
import type { AnyConfiguration, Choice, Space } from './parameters.js';
import { checkRestrictions, keeps, type Restriction } from './restrictions.js';

/** One coordinate per dimension; NaN where the dimension does not exist. */
export type Point = Float64Array;

/** A space as samplers see it. */
export class Domain {
  readonly space: Space;
  readonly restrictions: readonly Restriction[];
  readonly dimensions: readonly Dimension[];
  /** How many configurations there are; `Infinity` with a float without step. */
  readonly size: number;
  /** Whether some dimension exists only under a choice. */
  readonly isConditional: boolean;

  constructor(space: Space, restrictions: readonly Restriction[] = []) {
    this.space = space;
    this.dimensions = dimensionsOf(space);
    this.restrictions = restrictions;
    checkRestrictions(restrictions, this.dimensions);
    this.size = this.count((d) => d.levels);
    this.isConditional = this.dimensions.some((d) => d.parent >= 0);
  }

  /** How many configurations there are, restrictions aside, where a dimension takes `levels(d)` values. Lists none. */
  count(levels: (d: Dimension) => number, parent = -1, branch = -1): number {
    let product = 1;
    this.dimensions.forEach((d, i) => {
      if (d.parent !== parent || d.branch !== branch) return;
      if (d.parameter.kind !== 'conditional') product *= levels(d);
      else {
        let sum = 0;
        for (let b = 0; b < d.levels; b++) sum += this.count(levels, i, b);
        product *= sum;
      }
    });
    return product;
  }

  /** Whether dimension `i` exists at a point whose parents are already set. */
  exists(i: number, point: Point): boolean {
    const d = this.dimensions[i] as Dimension;
    return d.parent < 0 || point[d.parent] === d.branch;
  }

  /** Puts NaN wherever a dimension does not exist, and the canonical coordinate of its cell where it does. */
  settle(point: Point): Point {
    for (let i = 0; i < this.dimensions.length; i++) {
      if (!this.exists(i, point)) {
        point[i] = NaN;
        continue;
      }
      point[i] = this.settled(i, point[i] as number);
    }
    return point;
  }

  /** As `settle`, but leaves coordinates of uncountable ranges as they are: for candidates that are only compared. */
  snap(point: Point): Point {
    for (let i = 0; i < this.dimensions.length; i++) {
      if (!this.exists(i, point)) point[i] = NaN;
      else if ((this.dimensions[i] as Dimension).levels !== Infinity) point[i] = this.settled(i, point[i] as number);
    }
    return point;
  }

  /** The canonical coordinate of the value that dimension `i` has at a coordinate. */
  settled(i: number, u: number): number {
    const d = this.dimensions[i] as Dimension;
    if (d.nominal) return Math.max(0, Math.min(d.levels - 1, Math.floor(u)));
    return coordinateOf(d, valueAt(d, u)) ?? 0.5;
  }

  /** The canonical coordinates of the values next to the one at a coordinate of a countable numeric dimension. */
  neighbours(i: number, u: number): number[] {
    const d = this.dimensions[i] as Dimension;
    const { parameter } = d;
    const beside = (by: number): number | undefined => {
      if (parameter.kind === 'int' && parameter.log === true) return coordinateOf(d, (valueAt(d, u) as number) + by);
      const cell = Math.min(d.levels - 1, Math.floor(u * d.levels)) + by;
      return cell >= 0 && cell < d.levels ? this.settled(i, (cell + 0.5) / d.levels) : undefined;
    };
    return [beside(-1), beside(1)].filter((one) => one !== undefined);
  }

  /** The configuration at a point. */
  configurationAt(point: Point): AnyConfiguration {
    const configuration: Record<string, Choice> = {};
    this.dimensions.forEach((d, i) => {
      const u = point[i] as number;
      if (u === u) configuration[d.name] = valueAt(d, u);
    });
    return configuration;
  }

  /** The point of a configuration; throws, naming the parameter, if it is not in the space. */
  pointOf(configuration: AnyConfiguration): Point {
    if (typeof configuration !== 'object' || (configuration as unknown) === null) {
      throw new SearchError('MLH-OUTSIDE-SPACE', 'a configuration is not an object', {
        expected: 'names and their values',
        actual: show(configuration),
      });
    }
    const point = new Float64Array(this.dimensions.length).fill(NaN);
    const used = new Set<string>();
    this.dimensions.forEach((d, i) => {
      if (!this.exists(i, point)) return;
      used.add(d.name);
      const u = Object.hasOwn(configuration, d.name) ? coordinateOf(d, configuration[d.name]) : undefined;
      if (u === undefined) {
        throw new SearchError('MLH-OUTSIDE-SPACE', 'a configuration is not in the space', {
          at: `parameter "${d.id}"`,
          expected: describe(d),
          actual: show(configuration[d.name]),
        });
      }
      point[i] = u;
    });
    const extra = Object.keys(configuration).find((name) => !used.has(name));
    if (extra !== undefined) {
      throw new SearchError('MLH-OUTSIDE-SPACE', `a configuration has "${extra}", which does not exist there`, {
        expected: [...used].join(', '),
      });
    }
    return point;
  }

  /** A configuration as it is to be tried; throws if it is not in the space or breaks a restriction. */
  toTry(configuration: AnyConfiguration): AnyConfiguration {
    const canonical = this.configurationAt(this.pointOf(configuration));
    const broken = this.restrictions.find((r) => !keeps(r, canonical));
    if (broken === undefined) return canonical;
    throw new SearchError('MLH-OUTSIDE-SPACE', 'a configuration breaks a restriction', {
      expected: show(broken),
      actual: show(canonical),
    });
  }

  /** Whether all restrictions hold at a point. */
  allows(point: Point): boolean {
    if (this.restrictions.length === 0) return true;
    const configuration = this.configurationAt(point);
    return this.restrictions.every((r) => keeps(r, configuration));
  }

  /** A point from one number in [0, 1) per dimension; inactive dimensions' numbers are left unused. */
  fromCube(cube: ArrayLike<number>): Point {
    const point = new Float64Array(this.dimensions.length);
    this.dimensions.forEach((d, i) => {
      point[i] = d.nominal ? (cube[i] as number) * d.levels : (cube[i] as number);
    });
    return this.settle(point);
  }

  /** A uniformly drawn point that keeps all restrictions. */
  draw(random: Generator): Point {
    for (let tries = 0; tries < 10_000; tries++) {
      const point = this.fromCube(this.dimensions.map(() => random.uniform()));
      if (this.allows(point)) return point;
    }
    throw this.contradiction('in 10,000 draws');
  }

  /** The error for a space in which no configuration keeps the restrictions. */
  contradiction(where: string): SearchError {
    return new SearchError('MLH-CONTRADICTION', `no configuration was found that keeps all restrictions, ${where}`, {
      actual: show(this.restrictions),
      remedy: 'Loosen the restrictions, or narrow the ranges to where they hold.',
    });
  }

  /** A name for which dimensions exist at a point: the same for points that can be compared coordinate by coordinate. */
  groupOf(point: Point): string {
    let key = '';
    this.dimensions.forEach((d, i) => {
      if (d.parameter.kind === 'conditional') key += `${point[i] as number}/`;
    });
    return key;
  }
}

/** What a dimension takes, in words. */
export function describe(d: Dimension): string {
  const p = d.parameter;
  switch (p.kind) {
    case 'float':
    case 'int':
      return `${p.kind === 'int' ? 'a whole number' : 'a number'} from ${p.low} to ${p.high}${p.step === undefined ? '' : ` in steps of ${p.step}`}`;
    case 'categorical':
      return `one of ${p.choices.map(show).join(', ')}`;
    case 'ordinal':
      return `one of ${p.values.map(show).join(', ')}`;
    case 'boolean':
      return 'true or false';
    case 'conditional':
      return `one of ${Object.keys(p.branches).map(show).join(', ')}`;
  }
}
