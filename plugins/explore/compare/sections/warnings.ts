import { listOf } from '../../sections/warnings.js';
import { comparisonSection } from './contract.js';

export const warnings = comparisonSection({ name: 'warnings', draw: (seen) => listOf(seen.warnings) });
