export {
  loadTensorflow,
  servingTensorflow,
  type LoadedTensorflow,
  type Tensorflow,
} from '../../setup/tensorflow-load.js';
