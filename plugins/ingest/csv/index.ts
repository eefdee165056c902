export { readCsv, type CsvParams, type CsvText } from './read-csv.js';
