/** The project's folder: sources are relative to it. */
export function projectFolder(): string {
  return process.env['TRAINYARD_PROJECT'] ?? process.cwd();
}
