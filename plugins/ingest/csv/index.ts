export { readCsv, type CsvParams } from './read-csv.js';
