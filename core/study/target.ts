import type { z } from 'zod';
import { TrainyardError } from '@trainyard/errors';

/** What a study searches the parameters of. */
export interface StudyTarget {
  readonly kind: 'node' | 'pipeline';
  readonly name: string;
  /** Schemas by parameter; undefined where they are not known. */
  readonly fields: Readonly<Record<string, z.ZodType>> | undefined;
  /** Its inputs and parameters by name; undefined where they are not known. */
  readonly takes: readonly string[] | undefined;
  /** Inputs that a call cannot do without. */
  readonly needs: readonly string[];
  /** First parts of paths to its figures; undefined where they are not known. */
  readonly ports: readonly string[] | undefined;
  /** The parameter that it goes on over, from a checkpoint. */
  readonly continuesOver?: string | undefined;
}

type Refuse = (field: string, what: string, expected?: string) => never;

/** Refuses an option of a study, naming it. */
export function refusalOf({ name }: Pick<StudyTarget, 'name'>): Refuse {
  return (field, what, expected) => {
    throw new TrainyardError('TY-STUDY', {
      what: `tune(${name}): ${what}`,
      where: { node: name, field },
      ...(expected === undefined ? {} : { expected }),
    });
  };
}
