import { readSecretSource } from '../project/secret-source.js';
import type { ExecutorSetup } from './protocol.js';

const HIDDEN = '•••';
/** A shorter value is a part of other words: it is hidden where it stands alone, in its plain form only. */
const LEAST_SIGNS = 6;
/** A shorter value may stand in an output by chance. */
const LEAST_IN_OUTPUT = 8;
/** Lines of a longer value, such as a key in PEM, are hidden also one by one. */
const LEAST_LINE = 16;

/** Hides the values of secrets in text, in the forms in which values travel. */
export class Redactor {
  readonly #names = new Map<string, string>();
  readonly #short: RegExp[] = [];
  /** The longest first: one may hold another. */
  #forms: readonly { readonly text: string; readonly name: string; readonly inOutput: boolean }[] = [];

  /** Those of a configuration that can be read now. */
  static of(sources: ExecutorSetup['secrets']): Redactor {
    const redactor = new Redactor();
    redactor.read(sources);
    return redactor;
  }

  /** Takes up what the sources hold now: a file may have been replaced. */
  read(sources: ExecutorSetup['secrets']): void {
    for (const [name, source] of Object.entries(sources)) {
      try {
        const value = readSecretSource(source);
        if (value) this.add(name, value);
      } catch {
        // It is told when a node asks for it.
      }
    }
  }

  add(name: string, value: string): void {
    if (this.#names.has(value)) return;
    this.#names.set(value, name);
    if (value.length < LEAST_SIGNS) {
      const plain = value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
      this.#short.push(new RegExp(`(?<![\\p{L}\\p{N}])${plain}(?![\\p{L}\\p{N}])`, 'gu'));
      return;
    }
    const inOutput = value.length >= LEAST_IN_OUTPUT;
    const added = formsOf(value).map((text) => ({ text, name, inOutput }));
    this.#forms = [...this.#forms, ...added].sort((a, b) => b.text.length - a.text.length);
  }

  clean(text: string): string {
    let clean = text;
    for (const form of this.#forms) if (clean.includes(form.text)) clean = clean.replaceAll(form.text, HIDDEN);
    for (const short of this.#short) clean = clean.replace(short, HIDDEN);
    return clean;
  }

  /** How much of the end of a text may be the beginning of a value that goes on. */
  begun(text: string): number {
    let most = 0;
    for (const { text: form } of this.#forms) {
      const first = form.charAt(0);
      const from = Math.max(0, text.length - form.length + 1);
      for (let at = text.indexOf(first, from); at >= 0 && text.length - at > most; at = text.indexOf(first, at + 1))
        if (form.startsWith(text.slice(at))) most = text.length - at;
    }
    return most;
  }

  get isEmpty(): boolean {
    return this.#names.size === 0;
  }

  /** The name of a secret whose value stands in an output. */
  find(content: string | Uint8Array): string | undefined {
    const held =
      typeof content === 'string' ? content : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    return this.#forms.find(({ text, inOutput }) => inOutput && held.includes(text))?.name;
  }
}

/** The forms in which a value stands in text. */
function formsOf(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const strict = encodeURIComponent(value).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const encoded = [encodeURIComponent(value), strict, new URLSearchParams({ v: value }).toString().slice(2)];
  const lower = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  const lines = value.split(/\r?\n/).filter((line) => line.length >= LEAST_LINE);
  const base64 = [0, 1, 2].map((before) => inBase64(value, before));
  const urlSafe = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  const escaped = JSON.stringify(json).slice(1, -1);
  return [...new Set([value, ...lines, json, escaped, ...encoded, ...encoded.map(lower), ...base64, ...urlSafe])];
}

/** What base64 makes of a value behind `before` other bytes (0, 1 or 2), whatever these and those behind are. */
function inBase64(value: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
  // Of the signs at both ends some hold bits of the neighbours.
  const end = Math.floor(bytes.length / 3) * 4 + (bytes.length % 3);
  return bytes.toString('base64').slice(before === 0 ? 0 : before + 1, end);
}
