import type { Redis } from 'ioredis';
import type { FastifyInstance } from 'fastify';
import type { ApiNote } from './openapi.js';
import type { Limits } from '../core/config.js';
import type { ProjectAccess } from '../client/homes.js';
import type { Store } from '../store/index.js';

/** What the server needs of the public client: a connection to Temporal, and whose Workflows it shows. */
export type ServerClient = ProjectAccess;

/** The real parts that routes talk to. */
export interface Services {
  readonly store: Store;
  readonly client: ServerClient;
  readonly redis?: Redis | undefined;
  /** Address of the Temporal UI, for links on the pages. */
  readonly temporalUi?: string | undefined;
}

/** A set of routes: registered once, closes what it opened by `app.addHook('onClose', …)`. */
export type RouteModule = (app: FastifyInstance, options: { services: Services }) => Promise<void>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * `open`: no key is asked for though the method may change something (signing in). `predict`: the same, where the
     * configuration does not ask for one. `key`: one is asked for though the method is GET. By default, methods other
     * than GET and HEAD need one.
     */
    access?: 'open' | 'predict' | 'key';
    /** Which limit of `server.limits` counts its requests. */
    limit?: keyof Limits;
    /** What the OpenAPI document says of it. */
    api?: ApiNote;
  }
  interface FastifyRequest {
    /** Name of the key that the request came with, once it was checked. */
    keyName?: string;
    /** The text of a JSON body. */
    bodyText: string;
  }
}
