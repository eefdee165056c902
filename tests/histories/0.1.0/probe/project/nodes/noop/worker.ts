import { implement } from 'trainyard/worker';
import { isolated, light } from './index.js';

export const lightIt = implement(light, ({ inputs }) => ({ value: { n: (inputs.from?.value.n ?? 0) + 1 } }));

export const isolatedIt = implement(isolated, ({ inputs }) => ({ value: { n: (inputs.from?.value.n ?? 0) + 1 } }));
