import { TrainyardError } from '@trainyard/errors';
import { canonical, type Json } from '../../core/json.js';
import { countOf } from '../../core/paged-list.js';
import { RECORD_CHARACTERS, type RegistryState } from './contract.js';

/** Throws TY-MODEL-REQUEST. */
export function refuse(state: RegistryState, what: string, field: string, expected?: string, actual?: unknown): never {
  const given = actual === undefined ? undefined : JSON.stringify(actual);
  throw new TrainyardError('TY-MODEL-REQUEST', {
    what: `${state.name}: ${what}`,
    where: { field },
    expected,
    actual: given,
  });
}

export function checkText(state: RegistryState, field: string, value: unknown, most = 500): void {
  if (typeof value !== 'string' || value.trim() === '' || value.length > most)
    refuse(state, `${field} is missing or too long`, field, `1 to ${most} characters`, value);
}

export function checkRecord(state: RegistryState, field: string, value: Json | undefined): void {
  const size = canonical(value ?? null).length;
  if (size > RECORD_CHARACTERS)
    refuse(
      state,
      `${field} is too large to be kept here`,
      field,
      `at most ${RECORD_CHARACTERS} characters of JSON; refer to an artifact beyond that`,
      size,
    );
}

/** Throws TY-MODEL-UNKNOWN where there is no such version. */
export function checkVersion(state: RegistryState, field: string, version: unknown): void {
  const count = countOf(state.versions);
  if (typeof version === 'number' && Number.isInteger(version) && version >= 1 && version <= count) return;
  throw new TrainyardError('TY-MODEL-UNKNOWN', {
    what: `${state.name} has no version ${JSON.stringify(version)}`,
    where: { field },
    expected: count > 0 ? `a version from 1 to ${count}` : 'a version that was registered',
  });
}
