/** A figure, a word or a yes that a decision has looked at. */
export type ReadFigure = number | string | boolean | null;

/** What a decision compared with what: the figures that it read of its evidence, by path, and the limit, where it has one. */
export interface Compared {
  readonly read: { readonly [path: string]: ReadFigure };
  /** What was held against the limit. */
  readonly figure?: number | null;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** Figures that are noted: whoever reads more reads a list. */
const MOST_READ = 12;
/** Characters of a word that is noted. */
const MOST_CHARACTERS = 60;

/**
 * A view of a JSON value that notes which of its figures are read, by their path. It is a copy where it is looked at: a
 * frozen value may be watched, and what is written stays in the view.
 */
export function watched<T>(value: T): { readonly view: T; readonly read: { readonly [path: string]: ReadFigure } } {
  const read: Record<string, ReadFigure> = Object.create(null) as Record<string, ReadFigure>;
  const note = (path: string, figure: ReadFigure): void => {
    if (path in read || Object.keys(read).length >= MOST_READ) return;
    read[path] = typeof figure === 'string' ? figure.slice(0, MOST_CHARACTERS) : figure;
  };
  return { view: view(value, '', note) as T, read };
}

function view(value: unknown, path: string, note: (path: string, figure: ReadFigure) => void): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const parts = new Map<string, unknown>();
  const copy: object = Array.isArray(value) ? [...(value as unknown[])] : { ...value };
  return new Proxy(copy, {
    get: (target, name, receiver) => {
      const given: unknown = Reflect.get(target, name, receiver);
      if (typeof name !== 'string' || !Object.hasOwn(target, name) || typeof given === 'function') return given;
      const at = path === '' ? name : `${path}.${name}`;
      if (typeof given !== 'object' || given === null) {
        if (isFigure(given)) note(at, given);
        return given;
      }
      // The same part each time, as of a plain value.
      if (!parts.has(name)) parts.set(name, view(given, at, note));
      return parts.get(name);
    },
    set: (target, name, given) => {
      if (typeof name === 'string') parts.delete(name);
      return Reflect.set(target, name, given);
    },
  });
}

function isFigure(value: unknown): value is ReadFigure {
  return value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';
}
