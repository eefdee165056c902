/** A Workflow that a trigger or a backfill starts in the place of a pipeline. */
export async function echo(input: unknown): Promise<unknown> {
  return input;
}
