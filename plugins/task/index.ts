export { card, feasibility } from './contract.js';
export { taskCard, type FeasibilityFigures, type TaskCard } from './card.js';
