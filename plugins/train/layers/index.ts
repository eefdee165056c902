export { layered, type Layered, type Move } from './layered.js';
export { activation, sayShape, sizeOf, type Draw, type Shape, type Weight } from './layer.js';
export { layersSchema, type Layers, type LayersInput } from './registry.js';
