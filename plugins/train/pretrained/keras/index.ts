export { netOf, type WeightsOf } from './net.js';
export { readHdf5, type Hdf5 } from './hdf5.js';
