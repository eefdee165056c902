import type { Implementation } from '../core/implementation.js';

/** A node with this seed, whatever its key: what is drawn for a call depends on the bytes of its inputs. */
export const withSeed = (node: Implementation, seed: number): Implementation => ({
  ...node,
  runtime: {
    ...node.runtime,
    run: (program, call) => {
      const ctx = new Proxy(call.ctx, { get: (real, name) => (name === 'seed' ? seed : Reflect.get(real, name)) });
      return node.runtime.run(program, { ...call, ctx });
    },
  },
});
