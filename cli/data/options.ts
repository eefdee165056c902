export interface DataOptions {
  readonly json?: boolean;
}
export interface DiffOptions extends DataOptions {
  readonly key?: string;
}
export interface GetOptions extends DataOptions {
  readonly out?: string;
}
