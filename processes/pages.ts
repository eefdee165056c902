export { html, trusted, type Html, type HtmlPart } from '@trainyard/pages';
export { pageSection, type PageSection, type SectionContent, type SectionSpec } from '../client/section.js';
export { artifactLink, jsonText, moment, stateMark } from '../client/page-words.js';
