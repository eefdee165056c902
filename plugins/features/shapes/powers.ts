import { sql } from '@trainyard/tables/sql';
import { raisedSql, raiser, type TransformStep } from '@trainyard/transforms';
import type { NumberColumn, Shaped } from './contract.js';
import { sayNumber, sayScaling, scalingOf } from './scaling.js';

type Power = Pick<Extract<TransformStep, { kind: 'power' }>, 'method' | 'lambda' | 'offset' | 'floor'>;

/** Powers that leave the doubles are taken for this, so that there is a mean of them. */
const WIDEST = 1e300;

/** The step of a power that is known, scaled as the recipe says. */
export async function raised(power: Power, said: string, { alone, spec, x, fill }: NumberColumn): Promise<Shaped> {
  const { column, scale, clip, indicator } = spec;
  const value = sql`(CASE WHEN ${x} IS NOT NULL THEN least(greatest(${raisedSql(power, x)}, ${-WIDEST}), ${WIDEST}) END)`;
  const filled = Math.min(WIDEST, Math.max(-WIDEST, raiser(power)(fill)));
  const scaling = await scalingOf(alone, scale, value, filled);
  return {
    step: { kind: 'power', column, ...power, fill: fill + 0, ...scaling, clip, indicator },
    how: scale === 'none' ? power.method : `${power.method}, then ${scale}`,
    learnt: `${said}, then ${sayScaling(scaling)}; ${sayNumber(fill)} where missing`,
  };
}
