import type { z } from 'zod';
import type { TrainyardClient } from '../client/index.js';
import { type NodeCall as Call, type NodeContext as Context, type OutputArtifacts } from '../core/implement.js';
import { implementation, type Implementation } from '../core/implementation.js';
import type { Kind } from '../core/kinds.js';
import type { AnyContract, Contract } from '../core/node.js';
import type { Ports } from '../core/wiring.js';
import { nodeRuntime, type NodeFunction } from './runtimes/index.js';

export type NodeContext = Context<TrainyardClient>;
export type NodeCall<P extends z.ZodType, I extends Ports> = Call<P, I, TrainyardClient>;

/**
 * Gives a contract its work. The function runs in a process of its own, kept warm between calls; it must be a pure
 * function of its parameters, inputs and seed, unless the contract declares an effect.
 */
export function implement<N extends string, P extends z.ZodType, I extends Ports, O extends Ports | Kind>(
  contract: Contract<N, P, I, O>,
  run: (call: NodeCall<P, I>) => OutputArtifacts<O> | Promise<OutputArtifacts<O>>,
): Implementation {
  return implementation(contract as unknown as AnyContract, nodeRuntime, run as unknown as NodeFunction);
}
