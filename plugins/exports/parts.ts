export { lightgbm } from './lightgbm/format.js';
export { onnx } from './onnx/format.js';
export { savedModel, tfjs } from './tensorflow/formats.js';
export { standalone } from './standalone/format.js';
