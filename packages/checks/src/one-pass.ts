import type { Database } from '@trainyard/tables';
import { id, join, sql, type Sql } from '@trainyard/tables/sql';

/** Aggregates in one query: the time to plan a query grows with their square. */
const MOST = 96;

type Figure = number | string | boolean | null;

/** Aggregates to be taken of a relation in as few passes as can be; equal ones are taken once. */
export class OnePass {
  private readonly aliases = new Map<string, { alias: string; aggregate: Sql }>();

  /** Asks for an aggregate; gives what `take`'s answer is asked with. */
  ask(aggregate: Sql): string {
    const known = this.aliases.get(aggregate.text);
    if (known) return known.alias;
    const alias = `a${this.aliases.size}`;
    this.aliases.set(aggregate.text, { alias, aggregate });
    return alias;
  }

  /** Asks how many rows a condition holds for. */
  count(condition: Sql): string {
    return this.ask(condition.text === 'true' ? sql`count(*)` : sql`count(*) FILTER (WHERE ${condition})`);
  }

  async take(database: Database, from: Sql): Promise<(alias: string) => Figure> {
    const all = [...this.aliases.values()];
    const found = new Map<string, Figure>();
    for (let i = 0; i < all.length; i += MOST) {
      const part = all.slice(i, i + MOST).map(({ alias, aggregate }) => sql`${aggregate} AS ${id(alias)}`);
      const row = await database.row<Record<string, Figure>>(sql`SELECT ${join(part)} FROM ${from}`);
      for (const [alias, figure] of Object.entries(row)) found.set(alias, figure);
    }
    return (alias) => found.get(alias) ?? null;
  }
}
