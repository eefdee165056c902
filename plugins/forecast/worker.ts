export { windowsNode } from './windows.js';
