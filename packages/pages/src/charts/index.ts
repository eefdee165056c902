export { bars, colourOf, shares, type Bar } from './bars.js';
export { boxes, distribution, type Bins, type Box, type DistributionOptions, type NamedBox } from './distribution.js';
export { NARROW, sayTick, shortName } from './draw.js';
export { heat } from './heat.js';
export { lineChart, type Line, type LineChart } from './lines.js';
export { overlaid, sided, type Series } from './overlay.js';
export { scatter, type Axis, type Point } from './scatter.js';
