/** A function in Python, with the environment that it runs in. */
export interface PythonProgram {
  /** Full path of the module's file. */
  readonly module: string;
  readonly function: string;
  /** Full path of the requirements, every one with its hashes; undefined where the standard library is enough. */
  readonly requirements?: string | undefined;
  /** `3.11`, or `3.11.7`. */
  readonly python: string;
}

/** A program where it was placed. */
export interface PlacedProgram {
  /** As Python imports it, `fit` or `package.fit`. */
  readonly module: string;
  readonly function: string;
  readonly python: string;
  /** The requirements file as the project names it; undefined where there is none. */
  readonly requirements?: string;
  /** The folder that the code was taken from, as the project names it; empty for the project's own. */
  readonly sources: string;
}

/** Below a placed folder. */
export const CODE_FOLDER = 'code';
export const REQUIREMENTS_FILE = 'requirements.txt';
