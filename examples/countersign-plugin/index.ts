import { durable } from 'trainyard';
import { ask, signed } from './sheet.js';

/** Waits until so many people have signed; gives their names with a receipt. */
export const countersign = durable({ name: 'countersign', params: ask, result: signed });
