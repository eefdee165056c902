import type { NodeCall } from '../../core/implement.js';
import { runtime } from '../../core/runtime-kind.js';
import type { Ports } from '../../core/wiring.js';
import type { z } from 'zod';

/** The work of a node as a function of its module. */
export type NodeFunction = (call: NodeCall<z.ZodType, Ports>) => unknown;

/** Calls a function of the module in the node's own process. The module, with what it imports, is all that it is made of. */
export const nodeRuntime = runtime<NodeFunction>({
  name: 'node',
  title: "A function of a module, in the node's own process",
  run: async (work, { params, inputs, ctx }) => work({ params, inputs, ctx }),
});
