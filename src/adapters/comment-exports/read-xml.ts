import { SaxesParser } from "saxes";
import { MalformedExport } from "../../ports/comment-export.ts";
import { decodeUtf8 } from "./decode-utf8.ts";

/** Most characters of one text that are kept: far more than a comment may have, far less than memory. */
export const TEXT_MAX = 1_048_576;
const ATTRIBUTES_MAX = 65_536;
const DEPTH_MAX = 100;

/** What a format wants of its XML. Paths are names joined by `/`, the root's first, each name as `nameOf` gives it. */
export interface XmlFormat<T> {
  readonly root: string;
  /** What to say, in fixed words, of XML with another root. */
  readonly wrongRoot: string;
  nameOf(namespace: string, local: string): string;
  /** Whether the text directly inside this element is wanted. Attributes go by their local names. */
  open(path: string, attributes: ReadonlyMap<string, string>, line: number): boolean;
  /** `text`: empty when it was not wanted, null when it is over TEXT_MAX. What it returns is yielded. */
  close(path: string, text: string | null): T | null;
  /** Throws MalformedExport when something indispensable never came. */
  end(line: number): void;
}

interface OpenElement {
  readonly path: string;
  readonly wanted: boolean;
  text: string | null;
}

type Parser = SaxesParser<{ xmlns: true }>;

/**
 * saxes gathers a text, a CDATA section or a comment until it ends, however long it is, and offers no way to have it in
 * pieces. The field is not part of its interface: its version is exact, and a test watches over this.
 */
const gathered = (parser: Parser): { text: string } => parser as unknown as { text: string };

const append = (element: OpenElement | undefined, text: string): void => {
  if (element?.wanted !== true || element.text === null) return;
  element.text = element.text.length + text.length > TEXT_MAX ? null : element.text + text;
};

/** In fixed words: the parser's own message may hold names out of the file. Null: no reason to stop. */
const problemOf = (
  message: string,
  state: { begun: boolean; ended: boolean; rooted: boolean },
): string | null => {
  // A stray control character: the rest of its text is sound, and the importer judges it.
  if (message.endsWith(": disallowed character.")) return null;
  if (!state.begun) return "the file is empty";
  if (!state.rooted) return "this is not XML";
  if (state.ended) return "the file breaks off: its XML is not complete";
  if (message.endsWith(": undefined entity.")) return "an entity that XML does not define";
  return "the XML is not well-formed";
};

/** Reads XML as a stream. Document types are refused, so no entity can be declared, let alone expanded. */
export async function* readXml<T>(bytes: AsyncIterable<Uint8Array>, format: XmlFormat<T>): AsyncGenerator<T> {
  const parser: Parser = new SaxesParser({ xmlns: true });
  const elements: OpenElement[] = [];
  const state = { begun: false, ended: false, rooted: false };
  let closed: T[] = [];
  /** Characters since the parser last told of anything. */
  let silent = 0;
  let inTag = false;
  let attributeCharacters = 0;

  const fail = (problem: string): never => {
    throw new MalformedExport(problem, parser.line);
  };
  const told = (): void => {
    silent = 0;
  };
  const onText = (text: string): void => {
    told();
    append(elements.at(-1), text);
  };
  parser.on("error", ({ message }) => {
    const problem = problemOf(message, state);
    if (problem !== null) fail(problem);
  });
  parser.on("xmldecl", ({ encoding }) => {
    if (encoding !== undefined && !/^(utf-?8|us-ascii)$/i.test(encoding))
      fail("the XML is not declared as UTF-8");
  });
  parser.on("doctype", () => fail("the XML declares a document type, which no export does"));
  parser.on("comment", told);
  parser.on("processinginstruction", told);
  parser.on("text", onText);
  parser.on("cdata", onText);
  parser.on("opentagstart", () => {
    told();
    inTag = true;
    attributeCharacters = 0;
  });
  parser.on("attribute", ({ name, value }) => {
    told();
    attributeCharacters += name.length + value.length;
    if (attributeCharacters > ATTRIBUTES_MAX) fail("an element with more attributes than any export has");
  });
  parser.on("opentag", (tag) => {
    told();
    inTag = false;
    const name = format.nameOf(tag.uri, tag.local);
    const parent = elements.at(-1);
    if (parent === undefined && name !== format.root) fail(format.wrongRoot);
    if (elements.length >= DEPTH_MAX) fail("elements nested deeper than any export has them");
    state.rooted = true;
    const path = parent === undefined ? name : `${parent.path}/${name}`;
    const attributes = new Map(Object.values(tag.attributes).map(({ local, value }) => [local, value]));
    elements.push({ path, wanted: format.open(path, attributes, parser.line), text: "" });
  });
  parser.on("closetag", () => {
    told();
    const element = elements.pop();
    if (element === undefined) return;
    const value = format.close(element.path, element.text);
    if (value !== null) closed.push(value);
  });

  for await (const piece of decodeUtf8(bytes)) {
    state.begun = true;
    silent += piece.length;
    parser.write(piece);
    if (silent > TEXT_MAX) {
      const buffer = gathered(parser);
      if (inTag || buffer.text.length < TEXT_MAX / 16) fail("markup longer than any export has");
      const element = elements.at(-1);
      if (element !== undefined) element.text = null;
      buffer.text = "";
      silent = 0;
    }
    yield* closed;
    closed = [];
  }
  state.ended = true;
  parser.close();
  format.end(parser.line);
  yield* closed;
}
