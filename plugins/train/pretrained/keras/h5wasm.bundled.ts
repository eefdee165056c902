/** HDF5's library. The build puts the package that is named here into this one file: see `scripts/bundled-hdf5.mjs`. */
export { default } from 'h5wasm';
