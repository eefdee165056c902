export interface RunOptions {
  param: string[];
  params?: string;
  seed?: string;
  id?: string;
  using?: string;
  from: string[];
  to: string[];
  only: string[];
  skip: string[];
  dryRun?: boolean;
  fresh?: true;
  pause?: true;
  servedCode?: boolean;
  detach?: boolean;
  json?: boolean;
  help?: boolean;
}
