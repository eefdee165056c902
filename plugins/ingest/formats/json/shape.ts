/** What a JSON value is; `null` stands for nothing, as a key that is not there. */
export type JsonType = 'number' | 'boolean' | 'text' | 'array' | 'object';

/** What stands at a place of all records. */
export interface Shape {
  /** What was found there, each with the number of the first record that has it. */
  readonly types: Map<JsonType, number>;
  /** Of objects: by key, in the order in which keys came. */
  readonly keys: Map<string, Shape>;
}

export function emptyShape(): Shape {
  return { types: new Map(), keys: new Map() };
}

/** Takes in what DuckDB's `json_structure` says of records, of which `first` is the first. */
export function widen(shape: Shape, structure: unknown, first: number): void {
  const type = typeOf(structure);
  if (type === undefined) return;
  if (!shape.types.has(type)) shape.types.set(type, first);
  if (type !== 'object' || typeof structure !== 'object') return;
  for (const [key, inner] of Object.entries(structure as object)) {
    let known = shape.keys.get(key);
    if (!known) shape.keys.set(key, (known = emptyShape()));
    widen(known, inner, first);
  }
}

function typeOf(structure: unknown): JsonType | undefined {
  if (Array.isArray(structure)) return 'array';
  if (typeof structure === 'object' && structure !== null) return 'object';
  switch (structure) {
    case 'NULL':
      return undefined;
    case 'BOOLEAN':
      return 'boolean';
    case 'VARCHAR':
      return 'text';
    case 'JSON':
      // An object without keys.
      return 'object';
    default:
      return 'number';
  }
}

/** A column of the table: the keys that lead to it, and what stands there. */
export interface Leaf {
  readonly path: readonly string[];
  readonly shape: Shape;
}

/** The places without keys below them, in the order in which keys came. */
export function leavesOf(shape: Shape, path: readonly string[] = []): Leaf[] {
  return [...shape.keys].flatMap(([key, inner]) => {
    const place = [...path, key];
    return inner.keys.size > 0 ? leavesOf(inner, place) : [{ path: place, shape: inner }];
  });
}

/** The places that hold objects, the whole record first. */
export function objectsOf(shape: Shape, path: readonly string[] = []): (readonly string[])[] {
  return [
    path,
    ...[...shape.keys].flatMap(([key, inner]) => (inner.keys.size > 0 ? objectsOf(inner, [...path, key]) : [])),
  ];
}

/** The structure that `json_transform` takes: each leaf as the JSON that stands there. */
export function structureOf(shape: Shape): Record<string, unknown> {
  return Object.fromEntries(
    [...shape.keys].map(([key, inner]) => [key, inner.keys.size > 0 ? structureOf(inner) : 'JSON']),
  );
}

/** A JSON pointer (RFC 6901). */
export function pointerTo(path: readonly string[]): string {
  return path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
