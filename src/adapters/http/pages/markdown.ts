import { escapeHtml } from "./html.ts";

/** Inline: `code` and nothing else. */
const inline = (text: string): string => escapeHtml(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");

const heading = (block: string): string | null => {
  const found = /^(#{1,3}) (.+)$/.exec(block);
  const [, marks = "", text = ""] = found ?? [];
  return found === null ? null : `<h${marks.length}>${inline(text)}</h${marks.length}>`;
};

const bullets = (block: string): string | null => {
  const lines = block.split("\n");
  if (!lines.every((line) => /^(?:- | {2})/.test(line))) return null;
  const items = block.split(/^- /m).slice(1);
  return `<ul>${items.map((item) => `<li>${inline(item.replaceAll(/\s+/g, " ").trim())}</li>`).join("")}</ul>`;
};

const fence = (block: string): string | null => {
  const found = /^```[a-z]*\n([\s\S]*?)\n?```$/.exec(block);
  return found === null ? null : `<pre tabindex="0"><code>${escapeHtml(found[1] ?? "")}</code></pre>`;
};

/** Blocks are separated by blank lines, except inside a fence. */
const blocksOf = (markdown: string): string[] => {
  const blocks: string[] = [];
  for (const part of markdown.trim().split(/\n{2,}/)) {
    const last = blocks.at(-1);
    const open = last?.startsWith("```") === true && !/\n```$/.test(last);
    if (open) blocks[blocks.length - 1] = `${last}\n\n${part}`;
    else blocks.push(part);
  }
  return blocks;
};

/** The small part of Markdown that docs/problems uses: headings, paragraphs, lists, fenced blocks, inline code. */
export const renderMarkdown = (markdown: string): string =>
  blocksOf(markdown)
    .map(
      (block) =>
        heading(block) ?? fence(block) ?? bullets(block) ?? `<p>${inline(block.replaceAll("\n", " "))}</p>`,
    )
    .join("\n");
