import type { Answer } from "../route.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

const NONCE_BYTES = 18;

export interface Page {
  readonly title: string;
  /** HTML of the main part, everything in it escaped. */
  readonly main: string;
  readonly style: string;
  readonly script?: string;
}

/** A page of our own: one document, nothing loaded from anywhere, its style and script under this answer's nonce. */
export const page = ({ title, main, style, script }: Page): Answer => {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(NONCE_BYTES))).toString("base64");
  const value = [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<link rel="icon" href="data:,">',
    `<title>${escapeHtml(title)}</title>`,
    `<style nonce="${nonce}">${style}</style>`,
    "</head>",
    "<body>",
    main,
    ...(script === undefined ? [] : [`<script type="module" nonce="${nonce}">${script}</script>`]),
    "</body>",
    "</html>",
    "",
  ].join("\n");
  return { content: { type: "text/html", value, nonce } };
};
