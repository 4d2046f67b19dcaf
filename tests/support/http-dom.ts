/** As much of an element as the scripts of our own pages use; knows no innerHTML, and throws where one is set. */
export class FakeElement {
  readonly attributes = new Map<string, string>();
  readonly listeners = new Map<string, () => unknown>();
  children: (FakeElement | string)[] = [];
  hidden = false;
  disabled = false;
  open = false;
  href = "";
  focused = false;

  constructor(readonly tagName: string) {}

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  append(...children: (FakeElement | string)[]): void {
    this.children.push(...children);
  }

  replaceChildren(...children: (FakeElement | string)[]): void {
    this.children = children;
  }

  addEventListener(event: string, listener: () => unknown): void {
    this.listeners.set(event, listener);
  }

  scrollIntoView(): void {}

  focus(): void {
    this.focused = true;
  }

  set innerHTML(_html: string) {
    throw new Error("markup made from text");
  }

  set textContent(text: string) {
    this.children = [text];
  }

  get textContent(): string {
    return this.children.map((child) => (typeof child === "string" ? child : child.textContent)).join("");
  }

  /** Every element below this one, itself included. */
  all(): FakeElement[] {
    return [this, ...this.children.flatMap((child) => (typeof child === "string" ? [] : child.all()))];
  }
}

export interface FakePage {
  readonly byId: (id: string) => FakeElement;
  readonly visited: string[];
  readonly addresses: string[];
  /** Resolves when the script has run to its end. */
  readonly ran: Promise<void>;
}

const AsyncFunction = (async () => undefined).constructor as new (
  ...parameters: string[]
) => (...values: unknown[]) => Promise<void>;

/** Runs the script of a page that was served, with its elements by id, at this address. */
export const openPage = (html: string, hash: string, fetched: typeof fetch): FakePage => {
  const elements = new Map<string, FakeElement>();
  for (const [, tag = "", id = "", rest = ""] of html.matchAll(/<([a-z0-9]+)[^>]* id="([^"]+)"([^>]*)>/g)) {
    const element = new FakeElement(tag.toUpperCase());
    element.hidden = rest.includes("hidden");
    elements.set(id, element);
  }
  const created: FakeElement[] = [];
  const visited: string[] = [];
  const addresses: string[] = [];
  const document = {
    title: "",
    createElement: (tag: string) => {
      const element = new FakeElement(tag.toUpperCase());
      created.push(element);
      return element;
    },
    getElementById: (id: string) =>
      elements.get(id) ?? created.find((element) => element.attributes.get("id") === id) ?? null,
  };
  const location = { hash, pathname: "/page", assign: (target: string) => void visited.push(target) };
  const history = { replaceState: (_state: null, _title: string, path: string) => void addresses.push(path) };
  const script = /<script[^>]*>([\s\S]*?)<\/script>/.exec(html)?.[1] ?? "";
  const run = new AsyncFunction("document", "location", "history", "fetch", script);
  return {
    byId: (id) => {
      const element = elements.get(id);
      if (element === undefined) throw new Error(`the page has no #${id}`);
      return element;
    },
    visited,
    addresses,
    ran: run(document, location, history, fetched),
  };
};
