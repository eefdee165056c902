export { loadTensorflow, type LoadedTensorflow, type Tensorflow } from '../../setup/tensorflow-load.js';
