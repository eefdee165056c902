import { z } from 'zod';
import { adadelta } from './adadelta.js';
import { adagrad } from './adagrad.js';
import { adam } from './adam.js';
import { adamax } from './adamax.js';
import { adamw } from './adamw.js';
import { lion } from './lion.js';
import { nadam } from './nadam.js';
import type { Optimiser, OptimiserKind } from './optimiser.js';
import { rmsprop } from './rmsprop.js';
import { sgd } from './sgd.js';

export { power, type Optimiser } from './optimiser.js';

const KINDS = [adam, adamw, sgd, rmsprop, adagrad, adadelta, adamax, nadam, lion] as const;
const BY_NAME = new Map<string, OptimiserKind>(KINDS.map((kind) => [kind.name, kind as unknown as OptimiserKind]));

type Name = (typeof KINDS)[number]['name'];

/** Names of the optimisers. */
export const OPTIMISERS = KINDS.map(({ name }) => name) as [Name, ...Name[]];

/** An optimiser by name, or with settings of its own. */
export const optimiserParameter = z.union([
  z.enum(['adam', 'adamw', 'sgd', 'rmsprop', 'adagrad', 'adadelta', 'adamax', 'nadam', 'lion']),
  z.discriminatedUnion('name', [
    adam.settings,
    adamw.settings,
    sgd.settings,
    rmsprop.settings,
    adagrad.settings,
    adadelta.settings,
    adamax.settings,
    nadam.settings,
    lion.settings,
  ]),
]);

/** The optimiser that a parameter names. */
export function optimiserOf(given: z.input<typeof optimiserParameter>): Optimiser {
  const said = typeof given === 'string' ? { name: given } : given;
  const kind = BY_NAME.get(said.name)!;
  return kind.make(kind.settings.parse(said));
}
