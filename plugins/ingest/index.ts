export { parse, snapshot } from './contract.js';
export { csv, type CsvArguments, type CsvTable } from './csv.js';
export { read, type ReadArguments, type SourceArguments, type SourceTable } from './read.js';
export { file } from './sources/file/contract.js';
