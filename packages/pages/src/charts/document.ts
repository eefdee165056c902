/**
 * As much of a document as Observable Plot draws into: elements in a tree, and their text. Linkedom and jsdom give the
 * same drawings, at 2 MB and more; what Plot asks of a document is this.
 */
const HTML = 'http://www.w3.org/1999/xhtml';

class Text {
  readonly nodeType = 3;
  parentNode: Element | null = null;
  constructor(readonly textContent: string) {}
  get outerHTML(): string {
    return escaped(this.textContent);
  }
}

type Child = Element | Text;

export class Element {
  readonly nodeType = 1;
  readonly nodeName: string;
  readonly style = { setProperty: (name: string, value: string): void => this.addStyle(name, value) };
  parentNode: Element | null = null;
  childNodes: Child[] = [];
  private readonly attributes = new Map<string, string>();

  constructor(
    readonly namespaceURI: string,
    readonly tagName: string,
  ) {
    this.nodeName = tagName;
  }

  get ownerDocument(): Document {
    return drawingBoard;
  }
  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }
  hasAttribute(name: string): boolean {
    return this.attributes.has(name);
  }
  setAttribute(name: string, value: unknown): void {
    this.attributes.set(name, String(value));
  }
  setAttributeNS(_space: string, name: string, value: unknown): void {
    this.setAttribute(name, value);
  }
  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }

  get firstChild(): Child | null {
    return this.childNodes[0] ?? null;
  }
  get nextSibling(): Child | null {
    const all = this.parentNode?.childNodes ?? [];
    return all[all.indexOf(this) + 1] ?? null;
  }
  insertBefore(child: Child, before: Child | null): Child {
    child.parentNode?.removeChild(child);
    this.childNodes.splice(before === null ? this.childNodes.length : this.childNodes.indexOf(before), 0, child);
    child.parentNode = this;
    return child;
  }
  appendChild(child: Child): Child {
    return this.insertBefore(child, null);
  }
  append(...children: (Child | string)[]): void {
    for (const child of children) this.appendChild(typeof child === 'string' ? new Text(child) : child);
  }
  removeChild(child: Child): Child {
    this.childNodes.splice(this.childNodes.indexOf(child), 1);
    child.parentNode = null;
    return child;
  }
  remove(): void {
    this.parentNode?.removeChild(this);
  }
  get textContent(): string {
    return this.childNodes.map((child) => child.textContent).join('');
  }
  set textContent(text: string) {
    this.childNodes = [];
    this.append(String(text));
  }
  /** Plot looks for nothing in what it has drawn but what it holds in hand. */
  querySelector(): null {
    return null;
  }
  querySelectorAll(): [] {
    return [];
  }

  /** The element as XML that is HTML too. */
  get outerHTML(): string {
    const attributes = [...this.attributes].map(([name, value]) => ` ${name}="${escaped(value)}"`).join('');
    const inner = this.childNodes.map((child) => child.outerHTML).join('');
    return inner === ''
      ? `<${this.tagName}${attributes}/>`
      : `<${this.tagName}${attributes}>${inner}</${this.tagName}>`;
  }

  private addStyle(name: string, value: string): void {
    this.setAttribute('style', `${this.getAttribute('style') ?? ''}${name}:${value};`);
  }
}

interface Document {
  readonly documentElement: Element;
  createElement(name: string): Element;
  createElementNS(space: string, name: string): Element;
  createTextNode(text: string): Text;
}

export const drawingBoard: Document = {
  documentElement: new Element(HTML, 'html'),
  createElement: (name) => new Element(HTML, name),
  createElementNS: (space, name) => new Element(space, name),
  createTextNode: (text) => new Text(text),
};

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}
