export { fold, type Box } from './fold.js';
export { differences } from './differ.js';
export { callMs, sayCompared, sayMetric, sayState, STATES, type StateLook } from './states.js';
export { graphMermaid } from './mermaid.js';
export { graphSvg, type SvgOptions } from './svg.js';
export { graphText } from './text.js';
