import { expect, test } from "bun:test";
import { openMemory } from "../../src/adapters/memory/open-memory.ts";
import type { ImportDeps } from "../../src/app/comments/import-comments.ts";
import { IMPORTED_CONTENT_MAX_BYTES } from "../../src/domain/comments/comment.ts";
import { err } from "../../src/domain/shared/result.ts";
import { EXPORT_FORMATS, type ExportFormat } from "../../src/ports/comment-export.ts";
import { StorageFailure, type UnitOfWork } from "../../src/ports/unit-of-work.ts";
import { GARDEN, importDeps, runImport, storedComments, textExport } from "../support/importing.ts";

const garden = (format: ExportFormat): Promise<string> => Bun.file(GARDEN[format]).text();

const setUp = () => {
  const store = openMemory();
  return { store, deps: importDeps(store) };
};

interface Line {
  readonly id: string;
  readonly pid?: string;
  readonly text?: string;
  readonly page?: string;
  readonly time?: string;
}

const remark42 = (lines: readonly Line[]) =>
  textExport(
    `{"version":1}\n${lines
      .map(({ id, pid = "", text = id, page = "/a", time = "2024-01-01T00:00:00Z" }) =>
        JSON.stringify({ id, pid, text, time, locator: { url: `https://garden.example${page}` } }),
      )
      .join("\n")}\n`,
  );

const wxrComment = (id: string, content: string): string =>
  `<wp:comment><wp:comment_id>${id}</wp:comment_id><wp:comment_date_gmt>2024-01-01 00:00:00</wp:comment_date_gmt>
<wp:comment_content>${content}</wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment>`;

const wxr = (comments: string, head = ""): string =>
  `<?xml version="1.0" encoding="UTF-8"?>${head}
<rss xmlns:wp="http://wordpress.org/export/1.0/"><channel><wp:wxr_version>1.0</wp:wxr_version>
<item><link>https://garden.example/a/</link>${comments}</item></channel></rss>`;

/** With the store's unit of work behind it. */
const withCommit = (deps: ImportDeps, commit: (behind: UnitOfWork) => UnitOfWork["commit"]): ImportDeps => ({
  ...deps,
  unitOfWork: { ...deps.unitOfWork, commit: commit(deps.unitOfWork) },
});

test.each(EXPORT_FORMATS)("%s: it does not matter in which pieces the bytes come", async (format) => {
  const whole = await runImport(setUp().deps, format, GARDEN[format]);
  for (const size of [1, 7, 1_000]) {
    const pieces = await runImport(setUp().deps, format, textExport(await garden(format), size));
    expect(pieces).toEqual(whole);
  }
});

test.each(EXPORT_FORMATS)(
  "%s: a truncated export is an error; the sound one then goes on",
  async (format) => {
    const text = await garden(format);
    const whole = (await runImport(setUp().deps, format, GARDEN[format])).report;
    for (let part = 1; part < 12; part += 1) {
      let cut = Math.floor((text.length * part) / 12);
      // A line feed that is missing at the very end is no loss.
      while (/[\n}]/.test(text[cut - 1] ?? "")) cut -= 1;
      const { deps } = setUp();
      const broken = await runImport(deps, format, textExport(text.slice(0, cut)));
      expect(broken.stopped?.type).toBe("export-malformed");
      const sound = await runImport(deps, format, GARDEN[format]);
      expect(sound.stopped).toBeNull();
      expect(broken.report.imported + sound.report.imported).toBe(whole.imported);
    }
  },
);

const NO_EXPORTS: readonly [ExportFormat, string, string][] = [
  ["wxr", "", "the file is empty"],
  ["disqus", "", "the file is empty"],
  ["isso", "", "the file is empty"],
  ["remark42", "", "the file is empty"],
  ["wxr", "comments: none", "this is not XML"],
  ["disqus", '{"a":1}', "this is not XML"],
  ["wxr", "<disqus/>", "this XML is no WordPress export: its root is not rss"],
  ["wxr", "<rss><channel><item/></channel></rss>", "this RSS is no WordPress export of version 1.0 to 1.2"],
  ["disqus", "<rss/>", "this XML is no Disqus export: its root is not disqus"],
  ["disqus", "<disqus><post></disqus>", "the XML is not well-formed"],
  ["isso", '{"version":1}', "this is no JSON array of threads"],
  ["isso", '[{"title":"x","comments":[{"id":1}]}]', "a thread without an id or comments"],
  ["isso", "[] []", "this is no JSON array of threads"],
  ["remark42", "[]\n", "this is no remark42 backup: its first line names no version"],
  ["remark42", '{"version":2,"users":[]}\n', "a remark42 backup of another version than 1"],
];

test.each(NO_EXPORTS)("%s refuses %j", async (format, text, problem) => {
  const { stopped, report } = await runImport(setUp().deps, format, textExport(text));
  expect(stopped).toMatchObject({ type: "export-malformed", problem });
  expect(report.imported).toBe(0);
});

test("entities cannot be declared, let alone expanded", async () => {
  const bomb = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>';
  const { stopped } = await runImport(setUp().deps, "wxr", textExport(wxr(wxrComment("1", "&b;"), bomb)));
  expect(stopped).toEqual({
    type: "export-malformed",
    problem: "the XML declares a document type, which no export does",
    line: 1,
  });
  const undeclared = await runImport(setUp().deps, "wxr", textExport(wxr(wxrComment("1", "&nbsp;"))));
  expect(undeclared.stopped).toMatchObject({ problem: "an entity that XML does not define", line: 4 });
});

test("bytes that are no UTF-8 are told by line", async () => {
  const bytes = Buffer.from(wxr(wxrComment("1", "caf\u00e9")), "latin1");
  const { stopped } = await runImport(setUp().deps, "wxr", async function* () {
    yield bytes;
  });
  expect(stopped).toEqual({ type: "export-malformed", problem: "the text is not UTF-8", line: 4 });
});

test.each([
  ["a text", (long: string) => long],
  ["a CDATA section", (long: string) => `<![CDATA[${long}]]>`],
  ["a text of entities", (long: string) => long.replaceAll("x", "&lt;")],
])("%s beyond measure is left out, and its neighbours come in", async (_, write) => {
  const { store, deps } = setUp();
  const long = write("x".repeat(5_000_000));
  const text = wxr(wxrComment("1", "before") + wxrComment("2", long) + wxrComment("3", "after"));
  const { report, remarks, stopped } = await runImport(deps, "wxr", textExport(text));
  expect(stopped).toBeNull();
  expect(report).toMatchObject({ read: 3, imported: 2 });
  expect(remarks).toEqual([{ kind: "omitted", source_id: "2", line: 4, reason: "content-too-long" }]);
  expect(Object.keys(await storedComments(store, "wxr", ["1", "2", "3"])).toSorted()).toEqual(["1", "3"]);
});

test.each([
  ["an attribute", `<a href="${"x".repeat(3_000_000)}"/>`],
  ["a name", `<${"x".repeat(3_000_000)}/>`],
  ["nesting", "<x>".repeat(5_000)],
])("%s beyond measure is an error", async (_, markup) => {
  const { stopped } = await runImport(setUp().deps, "wxr", textExport(wxr(markup)));
  expect(stopped?.type).toBe("export-malformed");
});

test("JSON beyond measure is left out, and its neighbours come in", async () => {
  const long = "x".repeat(6_000_000);
  const comment = (id: number, text: string) => ({ id, text, created: "2024-01-01 00:00:00" });
  const isso = [
    { comments: [comment(1, "before"), comment(2, long), comment(3, "after")], id: "/a", title: "" },
  ];
  const fromIsso = await runImport(setUp().deps, "isso", textExport(JSON.stringify(isso)));
  expect(fromIsso.report).toMatchObject({ read: 3, imported: 2, omitted: { "content-too-long": 1 } });
  const fromRemark = await runImport(
    setUp().deps,
    "remark42",
    remark42([{ id: "a" }, { id: "b", text: long }, { id: "c" }]),
  );
  expect(fromRemark.report).toMatchObject({ read: 3, imported: 2, omitted: { "content-too-long": 1 } });
});

test("64 KiB of UTF-8 come in, one byte more does not", async () => {
  const { store, deps } = setUp();
  const most = IMPORTED_CONTENT_MAX_BYTES - "<p></p>".length;
  const text = `${"é".repeat((most - 1) / 2)}e`;
  const { remarks } = await runImport(
    deps,
    "remark42",
    remark42([
      { id: "fits", text },
      { id: "over", text: `${text}e` },
    ]),
  );
  expect((await storedComments(store, "remark42", ["fits"]))["fits"]?.content).toBe(`<p>${text}</p>`);
  expect(remarks).toEqual([{ kind: "omitted", source_id: "over", line: 3, reason: "content-too-long" }]);
});

test("a stray control character goes, the comment stays", async () => {
  const { store, deps } = setUp();
  const { report } = await runImport(
    deps,
    "wxr",
    textExport(wxr(wxrComment("1", "a\u000bb<![CDATA[\u0001c]]>"))),
  );
  expect(report.imported).toBe(1);
  expect((await storedComments(store, "wxr", ["1"]))["1"]?.content).toBe("<p>abc</p>");
});

test("replies that come batches before their parents end up under them", async () => {
  const { store, deps } = setUp();
  const length = 330;
  const lines = Array.from({ length }, (_, n) => ({ id: `c${n}`, ...(n === 0 ? {} : { pid: `c${n - 1}` }) }));
  const { report, stopped } = await runImport(deps, "remark42", remark42(lines.toReversed()));
  expect(stopped).toBeNull();
  expect(report).toMatchObject({ read: length, imported: length, placed_as_root: 0, waiting: 0 });
  const comments = await storedComments(store, "remark42", ["c0", "c1", `c${length - 1}`]);
  expect(comments["c1"]?.parent_id).toBe(comments["c0"]?.id as never);
  expect(comments[`c${length - 1}`]).toMatchObject({ depth: length - 1, root_id: comments["c0"]?.id });
});

test("a reply whose parent never comes becomes a root, with its own replies under it, wherever they stand", async () => {
  const { store, deps } = setUp();
  const filler = Array.from({ length: 150 }, (_, n) => ({ id: `f${n}` }));
  const { report, remarks } = await runImport(
    deps,
    "remark42",
    remark42([{ id: "leaf", pid: "orphan" }, ...filler, { id: "orphan", pid: "lost" }]),
  );
  expect(report).toMatchObject({ read: 152, imported: 152, placed_as_root: 1, waiting: 0 });
  expect(remarks).toEqual([{ kind: "placed-as-root", source_id: "orphan", line: 153 }]);
  const { leaf, orphan } = await storedComments(store, "remark42", ["leaf", "orphan"]);
  expect(leaf).toMatchObject({ parent_id: orphan?.id, root_id: orphan?.id, depth: 1 });
});

test("replies in a circle are left out, and whatever hangs on them", async () => {
  const { deps } = setUp();
  const { report, remarks } = await runImport(
    deps,
    "remark42",
    remark42([
      { id: "self", pid: "self" },
      { id: "one", pid: "two" },
      { id: "two", pid: "one" },
      { id: "three", pid: "two" },
      { id: "lost", pid: "nobody" },
      { id: "fine" },
    ]),
  );
  expect(report).toMatchObject({
    imported: 2,
    omitted: { "parent-cycle": 4 },
    placed_as_root: 1,
    waiting: 0,
  });
  expect(remarks).toHaveLength(5);
});

test("a parent on another page does not take the reply with it", async () => {
  const { store, deps } = setUp();
  const { report } = await runImport(
    deps,
    "remark42",
    remark42([
      { id: "there", page: "/b" },
      { id: "here", pid: "there", page: "/a" },
    ]),
  );
  expect(report).toMatchObject({ imported: 2, placed_as_root: 1 });
  expect((await storedComments(store, "remark42", ["here"]))["here"]).toMatchObject({
    thread: "/a",
    depth: 0,
  });
});

test("an id that another site's comment holds is told of, not taken for done", async () => {
  const { deps } = setUp();
  await runImport(deps, "remark42", remark42([{ id: "1" }]));
  const other = remark42([{ id: "1", time: "2024-02-02T00:00:00Z" }, { id: "2" }, { id: "2" }]);
  const { report, remarks } = await runImport(deps, "remark42", other);
  expect(report).toMatchObject({ read: 3, imported: 1, already_there: 1, omitted: { "id-taken": 1 } });
  expect(remarks).toEqual([{ kind: "omitted", source_id: "1", line: 2, reason: "id-taken" }]);
});

test("a conflict decides the batch again; endless ones stop the import, nothing half-written", async () => {
  const { store, deps } = setUp();
  let conflicts = 0;
  const once = withCommit(deps, (behind) => async (changes) => {
    conflicts += 1;
    return conflicts === 1 ? err({ type: "conflict" }) : behind.commit(changes);
  });
  const always = withCommit(deps, () => async () => err({ type: "conflict" }));
  const stopped = await runImport(always, "disqus", GARDEN.disqus);
  expect(stopped).toMatchObject({ stopped: { type: "conflict" }, report: { imported: 0 } });
  expect(await store.readers.comments.imported("disqus", ["1"])).toEqual([]);
  expect(await runImport(once, "disqus", GARDEN.disqus)).toMatchObject({
    stopped: null,
    report: { imported: 4 },
  });
});

test("a store that dies between batches leaves whole batches; the next run goes on", async () => {
  const { store, deps } = setUp();
  const lines = Array.from({ length: 250 }, (_, n) => ({ id: `c${n}`, ...(n === 0 ? {} : { pid: "c0" }) }));
  let commits = 0;
  const dying = withCommit(deps, (behind) => async (changes) => {
    commits += 1;
    if (commits > 2) throw new StorageFailure("lost", "no", "commit");
    return behind.commit(changes);
  });
  await expect(runImport(dying, "remark42", remark42(lines))).rejects.toThrow(StorageFailure);
  const stored = await store.readers.comments.imported(
    "remark42",
    lines.map(({ id }) => id),
  );
  expect(stored).toHaveLength(200);
  const { report } = await runImport(deps, "remark42", remark42(lines));
  expect(report).toMatchObject({ read: 250, already_there: 200, imported: 50, placed_as_root: 0 });
});
