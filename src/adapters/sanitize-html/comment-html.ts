import sanitizeHtml from "sanitize-html";
import type { HtmlSanitizer } from "../../ports/html-sanitizer.ts";

const TAGS = ["p", "br", "strong", "em", "a", "ul", "ol", "li"];
/** They go with what stands in them: scripts and styles, and elements whose content is no text to read. */
const TAGS_WITHOUT_TEXT = ["script", "style", "textarea", "option", "xmp", "iframe", "noembed", "noframes"];
/** Deeper nesting is flattened: no reader needs it, and every browser would have to build it. */
const NESTING_MAX = 20;

/**
 * The link as a browser would follow it, or null. Relative links are refused, because they would lead somewhere else
 * on every page that shows the comment, and so are links with a user name, which pose as another host.
 */
const safeHref = (href: string): string | null => {
  const text = href.trim();
  if (!/^(?:https?:\/\/|mailto:)/i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol === "mailto:") return url.pathname === "" ? null : url.href;
  return url.username === "" && url.password === "" ? url.href : null;
};

const link = (_: string, { href = "", title = "" }: sanitizeHtml.Attributes): sanitizeHtml.Tag => {
  const safe = safeHref(href);
  if (safe === null) return { tagName: "a", attribs: {} };
  const shown = title.replace(/\s+/g, " ").trim();
  return { tagName: "a", attribs: shown === "" ? { href: safe } : { href: safe, title: shown } };
};

const OPTIONS: sanitizeHtml.IOptions = {
  allowedTags: TAGS,
  allowedAttributes: { a: ["href", "title"] },
  allowedSchemes: ["http", "https", "mailto"],
  allowProtocolRelative: false,
  disallowedTagsMode: "discard",
  nonTextTags: TAGS_WITHOUT_TEXT,
  nestingLimit: NESTING_MAX,
  transformTags: { a: link },
  // A link that leads nowhere goes, its text stays.
  exclusiveFilter: ({ tag, attribs }) =>
    tag === "a" && attribs["href"] === undefined ? "excludeTag" : false,
};

const BLOCK_IN_SOURCE =
  /<\/?(?:p|br|ul|ol|li|div|blockquote|pre|h[1-6]|table|tr|td|th|dl|dt|dd|hr|section|article|figure)\b/i;
const BLOCK_IN_RESULT = /<(?:p|br|ul|ol|li)>/;
const EMPTY_ELEMENT = /<(p|strong|em|a|ul|ol|li)(?: [^>]*)?>(\s*)<\/\1>/g;
const READABLE = /[^\s\p{Z}\p{C}\p{Default_Ignorable_Code_Point}]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a character reference such as &#1; becomes one
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g;

const normalized = (content: string): string => content.replace(/\r\n?/g, "\n").replace(CONTROL, "");

/** Whether a reader of HTML would see a whole tag or comment. A lone `<`, as in `a < b` or `<3`, is text. */
const hasMarkup = (content: string): boolean => {
  const tag = content.search(/<\/?[a-z][a-z0-9:-]*(?=[\s/>])/i);
  if (tag >= 0 && tag < content.lastIndexOf(">")) return true;
  const comment = content.indexOf("<!--");
  return comment >= 0 && content.includes("-->", comment);
};

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Whether every element that the piece opens is closed in it, and the other way round. */
const isWhole = (piece: string): boolean => {
  let depth = 0;
  for (const [tag] of piece.matchAll(/<[^>]*>/g)) {
    depth += tag.startsWith("</") ? -1 : 1;
    if (depth < 0) return false;
  }
  return depth === 0;
};

/** Lays text without blocks out: a line break becomes `<br>`, blank lines part paragraphs. */
const inParagraphs = (inline: string): string => {
  const paragraphs: string[][] = [[]];
  for (const line of inline.trim().split("\n")) {
    if (line.trim() !== "") paragraphs.at(-1)?.push(line.trim());
    else if (paragraphs.at(-1)?.length !== 0) paragraphs.push([]);
  }
  const pieces = paragraphs.map((lines) => lines.join("<br>"));
  // An element that spans a blank line cannot be parted by a paragraph.
  return pieces.every((piece) => isWhole(piece.replaceAll("<br>", "")))
    ? pieces.map((piece) => `<p>${piece}</p>`).join("")
    : `<p>${pieces.join("<br><br>")}</p>`;
};

const withoutEmptyElements = (html: string): string => {
  let before = html;
  for (;;) {
    const after = before.replace(EMPTY_ELEMENT, "$2");
    if (after === before) return after;
    before = after;
  }
};

const orEmpty = (html: string): string => (READABLE.test(html.replace(/<[^>]*>/g, "")) ? html : "");

const text = (content: string): string => orEmpty(inParagraphs(escaped(normalized(content))));

const reducedOnce = (content: string): string => {
  const allowed = sanitizeHtml(content, OPTIONS).replaceAll("<br />", "<br>").replace(CONTROL, "");
  return withoutEmptyElements(allowed).trim();
};

/** A tag that goes may have parted two that cannot be nested, as in `<p><b><p>`: reduced until nothing changes. */
const reduced = (content: string): string => {
  let before = content;
  for (let pass = 0; pass <= NESTING_MAX; pass += 1) {
    const after = reducedOnce(before);
    if (after === before) break;
    before = after;
  }
  return before;
};

const html = (content: string): string => {
  const clean = reduced(content);
  if (BLOCK_IN_RESULT.test(clean)) return orEmpty(clean);
  // Line breaks are only meant as such where the author did not mark blocks up.
  return orEmpty(inParagraphs(BLOCK_IN_SOURCE.test(content) ? clean.replace(/\s+/g, " ") : clean));
};

/** What it gives is what it would give for that again: reducing twice is reducing once. */
export const commentHtml: HtmlSanitizer = {
  comment: (content) => {
    const source = normalized(content);
    return hasMarkup(source) ? html(source) : text(source);
  },
  text,
};
