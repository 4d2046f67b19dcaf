import type { OpenExport } from "../../src/ports/comment-export.ts";

/** Comments of one page of the export: a root, replies under it, and every tenth reply before its parent. */
const PAGE = 250;
/** Every so many comments, one answers a comment that the export does not have. */
const LOST = 1_000;

export interface GeneratedComment {
  readonly id: number;
  /** 0: a root. */
  readonly parent: number;
  readonly page: number;
}

/** The same comments whenever it is asked: nothing is kept. */
export const generatedComment = (id: number, total: number): GeneratedComment => {
  const page = Math.floor((id - 1) / PAGE);
  const first = page * PAGE + 1;
  const last = Math.min(total, first + PAGE - 1);
  const place = id - first;
  if (id % LOST === 0) return { id, page, parent: 10_000_000 + id };
  if (place === 0) return { id, page, parent: 0 };
  // Far enough ahead that it comes in a later batch; it answers the first, so there is no circle.
  if (place % 10 === 5 && id + 111 <= last && (place + 111) % 10 === 6) return { id, page, parent: id + 111 };
  return { id, page, parent: place % 10 === 6 ? first : Math.max(first, id - 1 - (place % 3)) };
};

const opening = `<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Generated</title><link>https://large.example</link><wp:wxr_version>1.2</wp:wxr_version>
`;

const day = (id: number): string =>
  new Date(Date.UTC(2020, 0, 1) + id * 60_000).toISOString().slice(0, 19).replace("T", " ");

const textOf = (characters: number): string =>
  "the quick brown fox <em>jumps</em> over the lazy dog, ".repeat(characters / 50 + 1).slice(0, characters);

const commentXml = ({ id, parent }: GeneratedComment, text: string): string => `<wp:comment>
<wp:comment_id>${id}</wp:comment_id>
<wp:comment_author><![CDATA[Writer ${id % 5_000}]]></wp:comment_author>
<wp:comment_author_email><![CDATA[writer${id % 5_000}@mail.example]]></wp:comment_author_email>
<wp:comment_author_IP>198.51.100.${id % 250}</wp:comment_author_IP>
<wp:comment_date>${day(id)}</wp:comment_date>
<wp:comment_date_gmt>${day(id)}</wp:comment_date_gmt>
<wp:comment_content><![CDATA[Comment ${id}: ${text}]]></wp:comment_content>
<wp:comment_approved>1</wp:comment_approved>
<wp:comment_type>comment</wp:comment_type>
<wp:comment_parent>${parent}</wp:comment_parent>
</wp:comment>
`;

/** A WordPress export of `total` comments with texts of `characters` characters, made while it is read. */
export const largeWxr = (total: number, characters: number): OpenExport =>
  async function* () {
    const encoder = new TextEncoder();
    const text = textOf(characters);
    yield encoder.encode(opening);
    let page = -1;
    for (let id = 1; id <= total; id += 1) {
      const comment = generatedComment(id, total);
      let xml = commentXml(comment, text);
      if (comment.page !== page) {
        xml = `${page === -1 ? "" : "</item>\n"}<item><title>Page</title><link>https://large.example/page/${comment.page}/</link>
<content:encoded><![CDATA[${text}]]></content:encoded><wp:status>publish</wp:status>\n${xml}`;
        page = comment.page;
      }
      yield encoder.encode(xml);
    }
    yield encoder.encode("</item></channel></rss>\n");
  };

/** The same comments as isso writes them: all on one line, each thread saying its id after its comments. */
export const largeIsso = (total: number, characters: number): OpenExport =>
  async function* () {
    const encoder = new TextEncoder();
    const text = textOf(characters);
    const closing = (page: number): string => `], "title": "Page", "id": "/page/${page}/"}`;
    yield encoder.encode("[");
    let page = -1;
    for (let id = 1; id <= total; id += 1) {
      const comment = generatedComment(id, total);
      const opened = comment.page !== page;
      const before = opened ? `${page === -1 ? "" : `${closing(page)}, `}{"comments": [` : ", ";
      page = comment.page;
      const json = {
        id,
        parent: comment.parent === 0 ? null : comment.parent,
        author: `Writer ${id % 5_000}`,
        email: `writer${id % 5_000}@mail.example`,
        remote_addr: "198.51.100.0",
        created: day(id),
        text: `Comment ${id}: ${text}`,
      };
      yield encoder.encode(before + JSON.stringify(json));
    }
    yield encoder.encode(`${page === -1 ? "" : closing(page)}]`);
  };
