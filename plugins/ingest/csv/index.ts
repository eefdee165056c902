export { readCsv, type CsvParams } from './read-csv.js';
export { checkText, type Encoding } from './encoding.js';
