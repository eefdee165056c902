export {
  durableProcess,
  type DurableProcess,
  type ProcessServices,
  type ProcessSpec,
  type ProcessView,
  type ProcessWords,
} from '../client/process.js';
export { asked } from '../client/process-state.js';
