/** What is used of Observable Plot. The build puts it and what it needs into this one file: see `after-compile.mjs`. */
export {
  axisX,
  axisY,
  barX,
  cell,
  dot,
  gridX,
  gridY,
  line,
  plot,
  rect,
  ruleX,
  ruleY,
  text,
  tickX,
} from '@observablehq/plot';
