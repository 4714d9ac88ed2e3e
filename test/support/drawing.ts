import { render } from 'preact';
import type { JSX } from 'preact';
import { act } from 'preact/test-utils';
import { texts } from '../../services/console/web/i18n/language.ts';
import { textsIn } from '../../services/console/web/i18n/texts.ts';

type Listener = (this: DrawnNode, event: object) => void;

/** As much of a document's node as Preact draws with: nothing is laid out, and only clicks are heard. */
class DrawnNode {
  readonly nodeType: number;
  readonly localName: string;
  readonly attributes = [];
  childNodes: readonly DrawnNode[] = [];
  parentNode: DrawnNode | null = null;
  /** Preact asks whether it is there to know how the event is spelt. */
  readonly onclick = null;
  data = '';
  disabled = false;
  readonly #listeners = new Map<string, Listener>();

  constructor(localName: string) {
    this.localName = localName;
    this.nodeType = localName === '#text' ? 3 : 1;
  }
  get firstChild(): DrawnNode | null {
    return this.childNodes[0] ?? null;
  }
  get nextSibling(): DrawnNode | null {
    const beside = this.parentNode?.childNodes ?? [];
    return beside[beside.indexOf(this) + 1] ?? null;
  }
  get textContent(): string {
    return this.data + this.childNodes.map((child) => child.textContent).join('');
  }
  get all(): readonly DrawnNode[] {
    return [this, ...this.childNodes.flatMap((child) => child.all)];
  }
  insertBefore(child: DrawnNode, before: DrawnNode | null): void {
    child.remove();
    const at = before === null ? this.childNodes.length : this.childNodes.indexOf(before);
    this.childNodes = this.childNodes.toSpliced(at, 0, child);
    child.parentNode = this;
  }
  appendChild(child: DrawnNode): void {
    this.insertBefore(child, null);
  }
  removeChild(child: DrawnNode): void {
    this.childNodes = this.childNodes.filter((one) => one !== child);
    child.parentNode = null;
  }
  remove(): void {
    this.parentNode?.removeChild(this);
  }
  setAttribute(): void {}
  removeAttribute(): void {}
  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, listener);
  }
  removeEventListener(type: string): void {
    this.#listeners.delete(type);
  }
  hear(type: string): void {
    if (!this.disabled) this.#listeners.get(type)?.call(this, { type, currentTarget: this });
  }
}

/** What a reader of the page sees and does. */
export type Drawing = {
  /** Draws anew; what has its place still keeps its state. */
  readonly draw: (node: JSX.Element) => Promise<void>;
  readonly text: () => string;
  /** @returns how many buttons have this label */
  readonly buttons: (label: string) => number;
  /** @throws where no button has this label */
  readonly click: (label: string) => Promise<void>;
};

/** A page in English that is drawn into without a browser. It takes the place of the global `document`. */
export function openDrawing(): Drawing {
  texts.value = textsIn('en');
  const create = (localName: string): DrawnNode => new DrawnNode(localName);
  const document = {
    createElement: create,
    createElementNS: (_namespace: string, localName: string) => create(localName),
    createTextNode: (data: string) => Object.assign(create('#text'), { data }),
  };
  Object.assign(globalThis, { document });
  const root = create('main');
  const buttonsOf = (label: string): readonly DrawnNode[] =>
    root.all.filter(
      ({ localName, textContent }) => localName === 'button' && textContent === label,
    );
  return {
    draw: (node) => act(() => render(node, root as unknown as Element)),
    text: () => root.textContent,
    buttons: (label) => buttonsOf(label).length,
    async click(label) {
      const [button] = buttonsOf(label);
      if (!button) throw new Error(`no button is called ${label}: ${root.textContent}`);
      await act(async () => {
        button.hear('click');
        // What it began may end at once.
        await Promise.resolve();
      });
    },
  };
}
