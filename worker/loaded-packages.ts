type Packages = readonly (readonly [name: string, version: string])[];

/**
 * Versions of packages that a process has loaded. Node loads each once: code that was keyed with another version needs
 * another process, or it would be computed with what its key does not say.
 */
export class LoadedPackages {
  readonly #versions = new Map<string, string>();

  /** Notes packages as loaded; false, and nothing is noted, when one is there in another version. */
  admit(packages: Packages): boolean {
    if (packages.some(([name, version]) => (this.#versions.get(name) ?? version) !== version)) return false;
    for (const [name, version] of packages) this.#versions.set(name, version);
    return true;
  }

  clear(): void {
    this.#versions.clear();
  }
}
