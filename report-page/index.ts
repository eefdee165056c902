export { html, htmlPage, htmlTable, sayFigure, type Html } from './html.js';
export { lineChart, type Line, type LineChart } from './line-chart.js';
