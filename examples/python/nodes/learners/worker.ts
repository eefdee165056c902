import { python } from 'trainyard/python';
import { boosted, forest } from './index.js';

const environment = { requirements: new URL('./requirements.txt', import.meta.url), python: '3.11' } as const;

export const forestNode = python(forest, { ...environment, module: new URL('./forest.py', import.meta.url) });
export const boostedNode = python(boosted, { ...environment, module: new URL('./boosted.py', import.meta.url) });
