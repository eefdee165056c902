export {
  runtime,
  type Placed,
  type PlaceOptions,
  type Runtime,
  type RuntimeCall,
  type RuntimeSpec,
} from '../core/runtime-kind.js';
export { implementation, type Implementation } from '../core/implement.js';
export { nodeRuntime } from './node.js';
