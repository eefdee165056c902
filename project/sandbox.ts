import type { Config } from '../core/config.js';
import type { ProjectBase } from './project-shape.js';

/** The environment variable that puts a process, and those it starts, into a sandbox. */
export const SANDBOX_VARIABLE = 'TRAINYARD_SANDBOX';

/** A project's code on services and a store of its own: nothing that the project has is touched. */
export interface Sandbox {
  readonly store: string;
  /** State folder: no addresses of running services are found there. */
  readonly state: string;
  /** Address of its Temporal. */
  readonly temporal: string;
  /** A kept build of the project to repeat with, instead of its code as it is. */
  readonly build?: string | undefined;
}

/** The sandbox that this process was put into. */
export function currentSandbox(): Sandbox | undefined {
  const text = process.env[SANDBOX_VARIABLE];
  return text === undefined || text === '' ? undefined : (JSON.parse(text) as Sandbox);
}

/** The project as it is in a sandbox; as it is outside of one. */
export function inSandbox<P extends ProjectBase>(project: P, sandbox: Sandbox | undefined = currentSandbox()): P {
  if (!sandbox) return project;
  const { temporal, redis, store: _, ...rest } = project.config;
  const config: Config = {
    ...rest,
    store: sandbox.store,
    temporal: { ...temporal, address: sandbox.temporal, namespace: 'default', tls: false, apiKey: undefined },
    redis: { ...redis, url: undefined },
  };
  return { ...project, config, state: sandbox.state };
}
