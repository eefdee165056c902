/** An id that nobody else has. `crypto.randomUUID` is there for safe origins only, which a plain host name is not. */
export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Answers on their way to the server: kept in the browser until they are acknowledged, sent one after the other, and
 * sent again when a reply is lost. Each has an id of its own, so that the server counts it once.
 */
export class Outbox {
  #place;
  #address;
  #on;
  #sending = false;
  #waiting = [];

  constructor(place, address, on) {
    this.#place = place;
    this.#address = address;
    this.#on = on;
    this.#waiting = JSON.parse(localStorage.getItem(place) ?? '[]');
  }

  /** Items that have an answer here which the server has not yet confirmed. */
  items() {
    return this.#waiting.map((answer) => answer.item);
  }

  add(answer) {
    this.#waiting.push(answer);
    this.#keep();
    void this.start();
  }

  async start() {
    if (this.#sending) return;
    this.#sending = true;
    for (let pause = 500; this.#waiting.length > 0;) {
      const outcome = await this.#send(this.#waiting[0]);
      if (outcome === 'stop') break;
      if (outcome === 'again') {
        await new Promise((resolve) => setTimeout(resolve, pause));
        pause = Math.min(pause * 2, 8000);
        continue;
      }
      pause = 500;
    }
    this.#sending = false;
  }

  async #send(answer) {
    try {
      const reply = await fetch(this.#address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(answer),
      });
      if (reply.status === 401) {
        this.#on.onSignIn();
        return 'stop';
      }
      const body = await reply.json();
      if (reply.ok || (reply.status < 500 && reply.status !== 429)) {
        this.#waiting.shift();
        this.#keep();
        this.#on.onState('');
        if (reply.ok) this.#on.onReply(body);
        else this.#on.onRefused(answer, body);
        return 'done';
      }
      throw new Error(body.detail);
    } catch {
      const count = this.#waiting.length;
      this.#on.onState(
        `${count === 1 ? 'One answer is' : `${count} answers are`} not saved yet: the server does not answer, trying again.`,
      );
      return 'again';
    }
  }

  #keep() {
    localStorage.setItem(this.#place, JSON.stringify(this.#waiting));
  }
}
