import type { AnyComposite } from '../core/composite.js';
import type { Config } from '../core/config.js';
import type { AnyContract } from '../core/node.js';
import type { AnyPipeline } from '../core/pipeline.js';

export interface PipelineModule {
  readonly name: string;
  readonly file: string;
  readonly exportName: string;
  readonly pipeline: AnyPipeline;
}

export interface PluginModule {
  /** As the configuration names it, or the built-in family's name. */
  readonly name: string;
  readonly builtIn: boolean;
  readonly contractFile: string;
  /** Absent when the plugin has contracts alone. */
  readonly workerFile: string | undefined;
  /** Exports what the plugin brings beside nodes; absent when it brings nothing else. */
  readonly partsFile: string | undefined;
  readonly contracts: readonly AnyContract[];
  /** Functions that call several of its nodes. */
  readonly composites: readonly AnyComposite[];
}

/** A user's project: its configuration, with what that names found and loaded. */
export interface Project {
  readonly root: string;
  readonly configFile: string;
  readonly config: Config;
  /** Name for its task queues. */
  readonly name: string;
  /** Where the project's own state lives: `.trainyard`. */
  readonly state: string;
  readonly build: string;
  readonly pipelines: ReadonlyMap<string, PipelineModule>;
  readonly plugins: readonly PluginModule[];
  readonly contracts: ReadonlyMap<string, AnyContract>;
}

/** What is known of a project from its configuration alone. */
export type ProjectBase = Pick<Project, 'root' | 'configFile' | 'config' | 'name' | 'state' | 'build'>;
