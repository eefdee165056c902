export { studyProcess } from '../../processes/study.js';
