export { html, trusted, type Html } from '../core/html.js';
export { htmlDrawing, htmlFacts, htmlPage, htmlTable, sayFigure } from './page.js';
export { lineChart, type Line, type LineChart } from './line-chart.js';
