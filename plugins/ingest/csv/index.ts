export { readCsv, type CsvParams } from './read-csv.js';
export { checkText } from './decode.js';
