export {
  runtime,
  type Placed,
  type PlaceOptions,
  type Runtime,
  type RuntimeCall,
  type RuntimeSpec,
} from '../../core/runtime-kind.js';
export { implementation, type Implementation } from '../../core/implementation.js';
export { nodeRuntime, type NodeFunction } from './node.js';
