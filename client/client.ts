import type { Client } from '@temporalio/client';
import type { Redis } from 'ioredis';
import type { Store } from '../store/index.js';

/** A connection to the parts that a run lives on. Made by `connect()`, closed by `close()`. */
export interface TrainyardClient {
  readonly temporal: Client;
  readonly namespace: string;
  /** Task queue of the Workflow workers. */
  readonly taskQueue: string;
  readonly store: Store;
  /** Present when temporal.config.ts names a Redis or Valkey. */
  readonly redis?: Redis | undefined;
  close(): Promise<void>;
}
