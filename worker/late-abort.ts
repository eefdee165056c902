/** An `AbortController` whose signal is made when somebody asks for it: to make one costs as much as a small node's other steps. */
export class LateAbort {
  #controller: AbortController | undefined;
  #isAborted = false;

  abort(): void {
    this.#isAborted = true;
    this.#controller?.abort();
  }

  get isAborted(): boolean {
    return this.#isAborted;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#isAborted) this.#controller.abort();
    }
    return this.#controller.signal;
  }
}
