export {
  node,
  type AnyContract,
  type CallOptions,
  type Contract,
  type NodeSpec,
  type Resources,
  type Retry,
} from './node.js';
export { composite, type AnyComposite, type CompositeSpec } from './composite.js';
export {
  approval,
  approvalAnswer,
  defer,
  map,
  pipeline,
  valueOf,
  type AnyPipeline,
  type ApprovalAnswer,
  type ApprovalAsk,
  type Pipeline,
  type PipelineSpec,
} from './pipeline.js';
export { durable, type DurableSpec, type ProcessInput } from './durable.js';
export { gate, type GateLimit } from './gate.js';
export { tune, type NodeStudyOptions, type PipelineStudyOptions, type Tuned } from './study/tune.js';
export type { StudyOptions } from './study/options.js';
export type { StudyChange, StudyState, StudyTrial } from './study/state.js';
export {
  file,
  json,
  many,
  model,
  modelOf,
  optional,
  plot,
  refTo,
  report,
  sealedTable,
  table,
  transform,
} from './kinds.js';
export type {
  File,
  JsonKind,
  Kind,
  Many,
  Model,
  Optional,
  Plot,
  Ref,
  Report,
  SealedTable,
  Table,
  Transform,
  ValueOf,
} from './kinds.js';
export type { Handle } from './handle.js';
export { canonical, type Json } from './json.js';
export { digestText, type Digest } from './digest.js';
export { durationMs, sayDuration, sayLeft, type Duration } from './duration.js';
export type { Overlap, ScheduleSpec, TriggerSpec } from './schedule.js';
export {
  secretRef,
  sourceParam,
  sourceSpec,
  type SecretRef,
  type Source,
  type SourceKindFacts,
  type SourceSpec,
} from './source.js';
export type { RunFacts } from './runtime.js';
export type { Fit, Mistake } from './wiring.js';
export type { ColumnOf, RowOf } from './rows.js';
export type { Reported } from './task.js';
export { isTrainyardError, TrainyardError, TransientError, UserError } from '@trainyard/errors';
export type { GraphNode, GraphRecord, NodeState } from './graph.js';
export { defineConfig, type Config, type ConfigInput } from './config.js';
export { currentRuntime } from './runtime.js';
