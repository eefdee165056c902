import { z } from 'zod';

/** What shared code knows of a durable process without loading it: it asks for these, never for a process's name. */
const known = z.object({
  /** The module that the Workflow bundle takes, and what it exports the Workflow as. */
  workflow: z.object({ file: z.string(), exportName: z.string() }),
  /**
   * `moves on`: each of its steps is done by the newest build, so its code must repeat what former code has recorded.
   * `of its run`: it keeps to the build of the run that it is a part of, and has a record and a page as runs have.
   */
  versions: z.enum(['moves on', 'of its run']),
  /** What ends it. One that never ends is not cancelled by whoever takes its id for a run's. */
  ends: z.enum(['by itself', 'by people', 'never']),
  /** What a repetition of a run does in its place: have it run again, or take its recorded result as given from outside. */
  repeated: z.enum(['again', 'given']),
  /** A run that is resumed to do more tells it by how much. */
  grows: z.boolean(),
});

/** The same of a process of a name: its Workflow type. */
export interface ProcessFacts extends z.output<typeof known> {
  readonly name: string;
}

/** What a bundle tells the engine of the processes that it holds. */
export type ChildFacts = Pick<ProcessFacts, 'name' | 'ends' | 'repeated' | 'grows'>;

/** The facts that a part of this name has in its `facts`. Throws a ZodError where they are none. */
export function processFacts(name: string, facts: unknown): ProcessFacts {
  return { name, ...known.parse(facts) };
}
