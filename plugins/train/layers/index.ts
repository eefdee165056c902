export { layered, type Layered } from './layered.js';
export { sayShape, sizeOf, type Draw, type Shape, type Weight } from './layer.js';
export { layersSchema, type Layers, type LayersInput } from './registry.js';
