export { escapeHtml, html, Html, trusted, type HtmlPart } from './html.js';
export { htmlDrawing, htmlFacts, htmlPage, htmlTable, htmlWarnings, sayFigure, sayShare } from './page.js';
