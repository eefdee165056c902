/**
 * Which folder may import which, from the ground up: a row names only rows above it. A row with two parts is a room of its
 * own inside a folder. The libraries of packages/ are packages to all of them. `contracts` are the files
 * contract.ts and index.ts of the plugins, `plugins` everything else there. docs/architecture.md tells the same in words.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  contracts: ['core'],
  'client/graph': ['core'],
  setup: ['core'],
  'worker/runtimes': ['core', 'setup'],
  store: ['core'],
  workflows: ['core', 'contracts'],
  project: ['core', 'setup', 'store', 'workflows'],
  client: ['core', 'client/graph', 'store', 'workflows', 'project'],
  'client/provenance': ['core', 'setup', 'store', 'project', 'client'],
  'activities/sources': ['core'],
  activities: ['core', 'activities/sources', 'store', 'project', 'client', 'workflows'],
  'activities/processes': ['core', 'store', 'workflows', 'client', 'activities'],
  worker: [
    'core',
    'worker/runtimes',
    'setup',
    'store',
    'activities',
    'activities/processes',
    'client',
    'project',
    'client/provenance',
  ],
  models: ['core', 'setup'],
  'plugins/kit': ['core', 'worker/runtimes', 'setup', 'store', 'workflows', 'client'],
  plugins: [
    'core',
    'contracts',
    'worker/runtimes',
    'plugins/kit',
    'activities/processes',
    'models',
    'activities/sources',
    'client',
    'worker',
    'workflows',
  ],
  'worker/testing': [
    'core',
    'worker/runtimes',
    'store',
    'project',
    'client',
    'activities',
    'activities/processes',
    'worker',
    'models',
    'activities/sources',
    'plugins/kit',
  ],
  server: ['core', 'client', 'client/graph', 'models', 'store', 'setup', 'workflows', 'project'],
  cli: [
    'core',
    'worker/runtimes',
    'activities/sources',
    'client',
    'client/graph',
    'client/provenance',
    'project',
    'setup',
    'server',
    'worker',
    'store',
    'models',
  ],
};

/** Which library of packages/ may import which others; none imports anything else of the house. */
export const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  'ml-hyperparameter': [],
  numeric: [],
  pages: [],
  drift: ['numeric'],
  metrics: ['errors', 'numeric'],
  tables: ['errors', 'numeric'],
  checks: ['errors', 'tables'],
  alike: ['errors', 'tables'],
  transforms: ['errors', 'tables'],
  lightgbm: ['errors'],
  learners: ['numeric'],
};

/**
 * The files of a folder with an index that others may import: its index, and beside it the contract that code of the
 * Workflow sandbox and clients share, and a plugin's implementations.
 */
export const faces: readonly string[] = ['index.ts', 'contract.ts', 'worker.ts'];

/**
 * Folders whose index.ts is what users of the package see, or brings every service; inside the project their files are
 * known one by one.
 */
export const openFolders: readonly string[] = ['core/', 'client/', 'worker/', 'setup/', 'activities/processes/'];
