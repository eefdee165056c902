import type { AnyContract } from '../../core/node.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import type { ChildFacts } from '../../core/process-facts.js';

/** What a pool offers, as the Workflow needs it to place nodes. */
export interface PoolFacts {
  readonly name: string;
  readonly slots: number;
  /** Most memory of one slot, in bytes; no limit when absent. */
  readonly memory?: number;
  /** Devices (GPUs); a pool with devices runs one node on each. */
  readonly gpus: number;
  readonly cpu: number;
  readonly labels: { readonly [label: string]: string };
  /** What TensorFlow computes on; not known in bundles of before it was part of keys. */
  readonly backend?: string;
}

/** What the bundle carries beside code: computed once when it is built, so that keys can be computed in the Workflow. */
export interface BundleData {
  /** Code hash by node name. */
  readonly codes: { readonly [node: string]: string };
  readonly pools: readonly PoolFacts[];
  readonly buildId: string;
  /** A worker that is silent for longer is given up, in ms. */
  readonly heartbeatMs: number;
  /** Where pages are served, for links in the Temporal UI. */
  readonly pages?: string;
}

const bundle: {
  data: BundleData;
  contracts: Map<string, AnyContract>;
  pipelines: Map<string, AnyPipeline>;
  processes: Map<string, ChildFacts>;
} = {
  data: { codes: {}, pools: [], buildId: 'none', heartbeatMs: 12_000 },
  contracts: new Map(),
  pipelines: new Map(),
  processes: new Map(),
};

/** Called once by the generated entry of a bundle. */
export function installBundle(
  data: BundleData,
  contracts: Iterable<AnyContract>,
  pipelines: Iterable<AnyPipeline> = [],
  processes: Iterable<ChildFacts> = [],
): void {
  bundle.data = data;
  for (const contract of contracts) bundle.contracts.set(contract.spec.name, contract);
  for (const pipeline of pipelines) bundle.pipelines.set(pipeline.name, pipeline);
  for (const process of processes) bundle.processes.set(process.name, process);
}

export function bundleData(): BundleData {
  return bundle.data;
}

export function contractNamed(name: string): AnyContract | undefined {
  return bundle.contracts.get(name);
}

export function pipelineNamed(name: string): AnyPipeline | undefined {
  return bundle.pipelines.get(name);
}

/** A durable process that a pipeline may wait for. */
export function processNamed(name: string): ChildFacts | undefined {
  return bundle.processes.get(name);
}

export function knownProcesses(): string[] {
  return [...bundle.processes.keys()];
}

export function knownPipelines(): string[] {
  return [...bundle.pipelines.keys()];
}
