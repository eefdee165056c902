export { parse, snapshot } from './contract.js';
export { csv, type CsvArguments, type CsvTable } from './csv.js';
