/** The public client: runs, models, reviews. */
export interface TrainyardClient {
  close(): Promise<void>;
}
