/**
 * Which folder may import which, from the ground up: a row names only rows above it. `contracts` are the files
 * contract.ts and index.ts of the plugins, `plugins` everything else there. docs/architecture.md tells the same in words.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  transforms: ['core'],
  metrics: ['core'],
  contracts: ['core', 'transforms', 'metrics'],
  graph: ['core'],
  drift: ['core'],
  'report-page': ['core'],
  studies: ['core'],
  tables: ['core'],
  setup: ['core'],
  store: ['core'],
  workflows: ['core', 'contracts', 'studies'],
  project: ['core', 'setup', 'store', 'workflows'],
  client: ['core', 'graph', 'store', 'workflows', 'project'],
  provenance: ['core', 'setup', 'store', 'project', 'client'],
  activities: ['core', 'store', 'project', 'tables', 'drift', 'client', 'workflows'],
  worker: ['core', 'setup', 'store', 'activities', 'client', 'project', 'provenance'],
  models: ['core', 'transforms', 'setup'],
  processes: ['core', 'studies', 'store', 'workflows', 'client', 'activities'],
  plugins: [
    'processes',
    'core',
    'transforms',
    'metrics',
    'contracts',
    'tables',
    'drift',
    'report-page',
    'studies',
    'models',
    'store',
    'worker',
    'client',
    'setup',
    'workflows',
  ],
  testing: ['core', 'transforms', 'tables', 'store', 'project', 'client', 'activities', 'worker', 'models'],
  server: ['core', 'client', 'graph', 'studies', 'models', 'store', 'setup', 'workflows'],
  cli: ['core', 'studies', 'client', 'project', 'setup', 'server', 'worker', 'graph', 'store', 'provenance'],
};

/**
 * The files of a folder with an index that others may import: its index, and beside it the contract that code of the
 * Workflow sandbox and clients share, and a plugin's implementations.
 */
export const faces: readonly string[] = ['index.ts', 'contract.ts', 'worker.ts'];

/** Folders whose index.ts is what users of the package see; inside the project their files are known one by one. */
export const openFolders: readonly string[] = ['core/', 'client/', 'worker/', 'testing/', 'processes/'];

export interface Exception {
  /** Beginning of the importing file's path. */
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

/** Imports against the rules, each with its reason. */
export const exceptions: readonly Exception[] = [
  { from: '', to: 'tables/schema.ts', why: 'pure, so that contracts can import it; the index brings DuckDB' },
  { from: '', to: 'workflows/monitor/streams.ts', why: 'names and shapes on Redis; the index is for the sandbox' },
  { from: '', to: 'setup/tensorflow-load.ts', why: 'a training process loads nothing else of the set-up' },
  { from: '', to: 'setup/package-root.ts', why: 'where the package lies; the index brings every service' },
  {
    from: 'workflows/engine/ports.ts',
    to: 'store/record-types.ts',
    why: 'a type: the record that the engine asks to be written',
  },
  {
    from: 'activities/engine.ts',
    to: 'workflows/engine/ports.ts',
    why: 'the Activities behind the ports of the engine',
  },
  {
    from: 'provenance/',
    to: 'setup/zip.ts',
    why: 'reads an export with the unpacker of the set-up, without its services',
  },
  { from: 'cli/program.ts', to: 'store/damaged.ts', why: 'every command has it; the index brings all of the store' },
  { from: 'worker/', to: 'store/disk.ts', why: 'tells a full disk in the words of the store' },
  { from: 'worker/', to: 'store/artifacts.ts', why: 'refuses a file name before the store would' },
  {
    from: 'project/scan-main.ts',
    to: 'worker/implement.ts',
    why: 'finds implementations in a plugin before any worker',
  },
];
