import { warningList } from '../../sections/index.js';
import { comparisonSection } from './contract.js';

export const warnings = comparisonSection({ name: 'warnings', draw: (seen) => warningList(seen.warnings) });
