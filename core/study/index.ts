export { studyState, type NestedEstimate, type StudyState } from './state.js';
export { tuneFigures, type TuneFigures } from './tune-figures.js';
export { livePlots, readableStudy, readingPlots, type StudyPlot } from './plots.js';
export { bestSoFar, isFit, sparkline } from './series.js';
export { deviation, mean } from './mean.js';
export { libraryTrial } from './trial.js';
export { studySentence, studyText } from './text.js';
export {
  bestTrial,
  sayNested,
  sayParams,
  sayTrial,
  sayValue,
  sayValues,
  studyFraction,
  studyLeftMs,
  studyParts,
  type StudyPart,
} from './words.js';
