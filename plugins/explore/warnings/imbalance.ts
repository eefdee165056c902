import { warningKind } from './contract.js';

const TIMES = 10;

export const imbalance = warningKind({
  kind: 'imbalance',
  weight: 'costly',
  find({ label, classes }) {
    const [most, least] = [classes[0], classes.at(-1)];
    if (label === null || !most || !least || classes.length < 2 || most.rows <= TIMES * least.rows) return [];
    const said = `class ${most.name} has ${most.rows} rows, class ${least.name} ${least.rows}: accuracy would mislead, look at each class`;
    return [{ columns: [label], said }];
  },
});
