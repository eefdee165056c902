export { monitorProcess } from '../../processes/monitor.js';
