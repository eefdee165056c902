import { appended, countOf, pagedList } from '../../core/paged-list.js';
import {
  isDeleted,
  type AnnotateRequest,
  type DeleteRequest,
  type MarkAnswer,
  type ModelEvent,
  type ModelHead,
  type RegistryState,
  type VersionMark,
} from './contract.js';
import { checkText, checkVersion, refuse } from './refusals.js';

// What is said of versions after they were registered: tags, that one is deprecated, that one is deleted. A version
// itself never changes, and its number is never given again.

/** Tags of one request at most, and signs of a tag's value. */
const MOST_TAGS = 20;
const TAG_SIGNS = 250;

/** Throws TY-MODEL-UNKNOWN, or TY-MODEL-REQUEST for a version that was deleted. */
export function checkStands(state: RegistryState, field: string, version: number): void {
  checkVersion(state, field, version);
  if (isDeleted(state, version))
    refuse(
      state,
      `version ${version} was deleted`,
      field,
      'a version that is there; an equal model of the same lineage that is registered again brings it back',
    );
}

/** Throws TY-MODEL-UNKNOWN or TY-MODEL-REQUEST when these tags or words are not acceptable. */
export function checkAnnotate(state: RegistryState, request: AnnotateRequest): void {
  if (typeof request !== 'object' || request === null) refuse(state, 'the request is empty', 'request');
  const { version, tags, deprecated, by, why } = request;
  checkStands(state, 'version', version);
  checkText(state, 'by', by);
  checkText(state, 'why', why);
  const names = Object.keys(tags ?? {});
  if (names.length === 0 && deprecated === undefined)
    refuse(state, 'nothing is said of the version', 'tags', 'tags to set, or why the version is deprecated');
  if (names.length > MOST_TAGS) refuse(state, 'too many tags at once', 'tags', `${MOST_TAGS} at most`, names.length);
  for (const [name, value] of Object.entries(tags ?? {})) {
    if (!/^[A-Za-z][\w./-]{0,62}$/.test(name))
      refuse(
        state,
        'this is not the name of a tag',
        'tags',
        'letters, digits and ._/- , 63 at most, a letter first',
        name,
      );
    if (value !== null && (typeof value !== 'string' || value.length > TAG_SIGNS))
      refuse(state, `tag ${name} is no text or too long`, `tags.${name}`, `at most ${TAG_SIGNS} characters, or null`);
  }
  if (deprecated !== undefined && deprecated !== null) checkText(state, 'deprecated', deprecated);
}

/** Writes down what is said of a version. */
export function annotate(
  state: RegistryState,
  request: AnnotateRequest,
  at: string,
): { state: RegistryState; answer: MarkAnswer } {
  checkAnnotate(state, request);
  const { version, tags, deprecated, by, why } = request;
  const mark: VersionMark = {
    ...{ version, at, by, why },
    ...(tags === undefined ? {} : { tags }),
    ...(deprecated === undefined ? {} : { deprecated }),
  };
  return written(state, mark, 'annotated', sayMark(mark));
}

function sayMark({ tags, deprecated }: VersionMark): string {
  const said = Object.entries(tags ?? {}).map(([name, value]) =>
    value === null ? `without ${name}` : `${name} = ${value}`,
  );
  if (deprecated === null) said.push('no longer deprecated');
  else if (deprecated !== undefined) said.push(`deprecated: ${deprecated}`);
  return said.join(', ');
}

/** Throws TY-MODEL-UNKNOWN, or TY-MODEL-REQUEST for a version that an alias stands at. */
export function checkDelete(state: RegistryState, request: DeleteRequest): void {
  if (typeof request !== 'object' || request === null) refuse(state, 'the request is empty', 'request');
  const { version, by, why } = request;
  checkVersion(state, 'version', version);
  checkText(state, 'by', by);
  checkText(state, 'why', why);
  const aliases = Object.entries(state.aliases).flatMap(([alias, at]) => (at.version === version ? [alias] : []));
  if (aliases.length > 0)
    refuse(
      state,
      `version ${version} is in use: ${aliases.join(', ')} ${aliases.length === 1 ? 'stands' : 'stand'} at it`,
      'version',
      'a version that no alias stands at: move the alias first',
    );
  const arm = state.traffic?.arms.find((one) => one.version === version);
  if (arm)
    refuse(
      state,
      `version ${version} is in use: it is the arm ${arm.name} of the traffic plan`,
      'version',
      'a version that no plan has: end the plan first',
    );
}

/** Deletes a version: its line stays, and its number; its files may go. */
export function remove(
  state: RegistryState,
  request: DeleteRequest,
  at: string,
): { state: RegistryState; answer: MarkAnswer } {
  checkDelete(state, request);
  const { version, by, why } = request;
  if (isDeleted(state, version))
    return { state, answer: { version, at, line: countOf(state.history), changed: false } };
  const mark = { version, at, by, why, deleted: true };
  return written({ ...state, deleted: deletedWith(state.deleted, version) }, mark, 'deleted');
}

function written(
  state: RegistryState,
  mark: VersionMark,
  what: 'annotated' | 'deleted',
  says?: string,
): { state: RegistryState; answer: MarkAnswer } {
  const { version, at, by, why } = mark;
  const number = countOf(state.history) + 1;
  const event: ModelEvent = { number, at, what, version, by, why, ...(says === undefined ? {} : { says }) };
  return {
    state: {
      ...state,
      marks: appended(state.marks ?? pagedList(), mark),
      history: appended(state.history, event),
    },
    answer: { version, at, line: number, changed: true },
  };
}

type Ranges = NonNullable<ModelHead['deleted']>;

/** Ranges with one number more. */
function deletedWith(ranges: Ranges = [], version: number): Ranges {
  const joined: [number, number][] = [];
  for (const [first, last] of [...ranges, [version, version] as const].sort((a, b) => a[0] - b[0])) {
    const before = joined.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  return joined;
}

/** Ranges without a number; the very same where it is in none. */
export function deletedWithout(ranges: Ranges | undefined, version: number): Ranges | undefined {
  if (!ranges?.some(([first, last]) => version >= first && version <= last)) return ranges;
  return ranges.flatMap(([first, last]): [number, number][] => {
    if (version < first || version > last) return [[first, last]];
    const left: [number, number][] = [
      [first, version - 1],
      [version + 1, last],
    ];
    return left.filter(([from, to]) => from <= to);
  });
}
