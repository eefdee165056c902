export { monitorProcess } from '../../activities/processes/monitor.js';
