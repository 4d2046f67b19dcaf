import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { openMemory } from "../../src/adapters/memory/open-memory.ts";
import type { ImportDeps } from "../../src/app/comments/import-comments.ts";
import { openIdentity } from "../../src/app/vault.ts";
import type { Comment } from "../../src/domain/comments/comment.ts";
import { DEFAULT_RETENTION } from "../../src/domain/retention/retention-period.ts";
import { DAY, type Instant } from "../../src/domain/shared/instant.ts";
import { EXPORT_FORMATS } from "../../src/ports/comment-export.ts";
import {
  GARDEN,
  IMPORT_DAY,
  importDeps,
  nameOf,
  runImport,
  storedComments,
  textExport,
} from "../support/importing.ts";

const setUp = () => {
  const store = openMemory();
  return { store, deps: importDeps(store) };
};

const found = (comments: Readonly<Record<string, Comment>>, id: string): Comment => {
  const comment = comments[id];
  if (comment === undefined) throw new Error(`no comment ${id}`);
  return comment;
};

const emailOf = async (deps: ImportDeps, comment: Comment): Promise<string | null> => {
  const lines = await deps.readers.identities.ofSubject(comment.subject_id);
  const line = lines.find(({ kind }) => kind === "email");
  return line === undefined ? null : openIdentity(deps.sealer, line);
};

test("WordPress: what is a comment comes in, what is none is left out and told of", async () => {
  const { deps } = setUp();
  const { report, stopped, remarks } = await runImport(deps, "wxr", GARDEN.wxr);
  expect(stopped).toBeNull();
  expect(report).toEqual({
    read: 15,
    imported: 7,
    already_there: 0,
    omitted: {
      pingback: 1,
      trackback: 1,
      spam: 1,
      "other-type": 1,
      "date-invalid": 1,
      "id-missing": 1,
      "content-empty": 1,
      "thread-unknown": 1,
    },
    placed_as_root: 1,
    waiting: 0,
  });
  expect(remarks).toContainEqual({ kind: "omitted", source_id: "14", line: 64, reason: "pingback" });
  expect(remarks).toContainEqual({ kind: "omitted", source_id: null, line: 141, reason: "id-missing" });
  expect(remarks).toContainEqual({ kind: "placed-as-root", source_id: "16", line: 81 });
});

test("WordPress: threads, nesting, dates and statuses are kept; the HTML is reduced", async () => {
  const { store, deps } = setUp();
  await runImport(deps, "wxr", GARDEN.wxr);
  const comments = await storedComments(store, "wxr", ["11", "12", "13", "16", "18", "19", "30"]);
  const [first, reply, held, orphan, removed, answer, guarded] = [
    "11",
    "12",
    "13",
    "16",
    "18",
    "19",
    "30",
  ].map((id) => found(comments, id)) as [Comment, Comment, Comment, Comment, Comment, Comment, Comment];

  expect(first).toMatchObject({
    thread: "/2023/hello-world/",
    created_at: Date.parse("2023-04-01T08:00:00Z"),
    updated_at: IMPORT_DAY,
    status: "approved",
    source: "wxr",
    parent_id: null,
    root_id: first.id,
    depth: 0,
    queued_at: null,
    consent_given: false,
  });
  expect(first.content).toContain("Für <em>alle</em>");
  expect(first.content).not.toContain("alert");
  expect(reply).toMatchObject({ parent_id: first.id, root_id: first.id, depth: 1 });
  expect(held).toMatchObject({
    parent_id: reply.id,
    root_id: first.id,
    depth: 2,
    status: "pending",
    created_at: Date.parse("2023-04-03T07:00:00Z"),
    queued_at: IMPORT_DAY,
  });
  expect(orphan).toMatchObject({ parent_id: null, depth: 0 });
  expect(removed).toMatchObject({ status: "removed", content: "" });
  expect(answer).toMatchObject({ parent_id: removed.id, depth: 1, status: "approved" });
  // Its page asks for a password, so not everybody may read it.
  expect(guarded).toMatchObject({ thread: "/?p=7", status: "pending" });
  expect(first.id < reply.id && reply.id < held.id).toBe(true);

  const shown = await store.readers.comments.publicRoots("/2023/hello-world/", null, 10);
  expect(shown.map(({ comment }) => comment.id)).toEqual([first.id, orphan.id, removed.id]);
});

test("people: one address is one subject, a name joins nobody, what was removed keeps no name", async () => {
  const { store, deps } = setUp();
  await runImport(deps, "wxr", GARDEN.wxr);
  const comments = await storedComments(store, "wxr", ["11", "12", "13", "16", "18", "19", "30"]);
  const [maren, oriol, again, namesake, gone, pia, guarded] = ["11", "12", "13", "16", "18", "19", "30"].map(
    (id) => found(comments, id),
  ) as [Comment, Comment, Comment, Comment, Comment, Comment, Comment];

  expect(again.subject_id).toBe(oriol.subject_id);
  expect(await emailOf(deps, oriol)).toBe("oriol@mail.example");
  expect(await nameOf(deps, maren)).toBe("Maren Quist");
  expect(await nameOf(deps, namesake)).toBe("Maren Quist");
  expect(namesake.subject_id).not.toBe(maren.subject_id);
  expect(await emailOf(deps, gone)).toBeNull();
  expect(await nameOf(deps, gone)).toBeNull();
  expect(await nameOf(deps, pia)).toBe("Pia");
  expect(await emailOf(deps, guarded)).toBeNull();
  expect(new Set(Object.values(comments).map(({ subject_id }) => subject_id)).size).toBe(6);

  await runImport(deps, "disqus", GARDEN.disqus);
  const post = found(await storedComments(store, "disqus", ["1"]), "1");
  expect(post.subject_id).toBe(maren.subject_id);
});

test("a name kept escaped for pages is stored as the person wrote it", async () => {
  const { store, deps } = setUp();
  await runImport(deps, "wxr", GARDEN.wxr);
  await runImport(deps, "remark42", GARDEN.remark42);
  // The vault keeps one name a person: the one of her first comment to come in.
  expect(await nameOf(deps, found(await storedComments(store, "wxr", ["13"]), "13"))).toBe("Oriol & Tess");
  expect(await nameOf(deps, found(await storedComments(store, "remark42", ["aa01"]), "aa01"))).toBe(
    "Maren O'Quist",
  );
});

test("Disqus: removed posts keep their place, spam and posts of no page stay out", async () => {
  const { store, deps } = setUp();
  const { report, remarks } = await runImport(deps, "disqus", GARDEN.disqus);
  expect(report).toMatchObject({
    read: 6,
    imported: 4,
    omitted: { spam: 1, "thread-unknown": 1 },
    placed_as_root: 0,
  });
  expect(remarks).toContainEqual({ kind: "omitted", source_id: "6", line: 61, reason: "thread-unknown" });
  const comments = await storedComments(store, "disqus", ["1", "2", "3", "5"]);
  const first = found(comments, "1");
  expect(first.content).toBe('<p>Hello, <a href="https://garden.example/">garden</a>.</p>');
  expect(found(comments, "2")).toMatchObject({ status: "removed", content: "", parent_id: first.id });
  expect(found(comments, "3")).toMatchObject({
    parent_id: found(comments, "2").id,
    root_id: first.id,
    depth: 2,
  });
  expect(found(comments, "5")).toMatchObject({ thread: "guest-book", status: "pending" });
});

test("isso: ids count within their thread, whose name may come after its comments", async () => {
  const { store, deps } = setUp();
  const { report } = await runImport(deps, "isso", GARDEN.isso);
  expect(report).toMatchObject({
    read: 8,
    imported: 4,
    omitted: { "status-unknown": 1, "line-not-json": 1, "text-not-storable": 1, "thread-unknown": 1 },
  });
  const ids = ["/2023/hello-world/#0", "/2023/hello-world/#1", "/2023/hello-world/#2", "/guest-book/#0"];
  const comments = await storedComments(store, "isso", ids);
  const [first, second, third, other] = ids.map((id) => found(comments, id)) as [
    Comment,
    Comment,
    Comment,
    Comment,
  ];
  expect(first.content).not.toContain("<b>");
  expect(first.content).toContain("One [line]<br");
  expect(second).toMatchObject({ parent_id: first.id, status: "pending", created_at: 1_680_422_400_500 });
  expect(third).toMatchObject({ parent_id: second.id, status: "removed", content: "", depth: 2 });
  expect(other).toMatchObject({ thread: "/guest-book/", parent_id: null, subject_id: first.subject_id });
});

test("remark42: a comment a line, what is no comment is told of by line", async () => {
  const { store, deps } = setUp();
  const { report, remarks } = await runImport(deps, "remark42", GARDEN.remark42);
  expect(report).toMatchObject({
    read: 7,
    imported: 4,
    omitted: { "line-not-json": 2, "thread-unknown": 1 },
    placed_as_root: 1,
  });
  expect(remarks).toContainEqual({ kind: "omitted", source_id: null, line: 6, reason: "line-not-json" });
  const comments = await storedComments(store, "remark42", ["aa01", "aa02", "aa03", "aa07"]);
  expect(found(comments, "aa01").created_at).toBe(Date.parse("2023-04-02T10:00:00.123Z") as Instant);
  expect(found(comments, "aa02")).toMatchObject({ status: "removed", parent_id: found(comments, "aa01").id });
  expect(found(comments, "aa03")).toMatchObject({ depth: 2, root_id: found(comments, "aa01").id });
  expect(found(comments, "aa07")).toMatchObject({ depth: 0, parent_id: null });
});

test.each(EXPORT_FORMATS)("%s: a second run adds nothing and says so", async (format) => {
  const { store, deps } = setUp();
  const first = await runImport(deps, format, GARDEN[format]);
  const entries = await store.readers.audit.list(null, 100);
  const second = await runImport(deps, format, GARDEN[format]);
  expect(second.report).toEqual({
    ...first.report,
    imported: 0,
    placed_as_root: 0,
    already_there: first.report.imported,
  });
  expect(await store.readers.audit.list(null, 100)).toEqual(entries);
});

test("each batch is one commit with one audit entry that tells no names", async () => {
  const { store, deps } = setUp();
  await runImport(deps, "disqus", GARDEN.disqus);
  const entries = (await store.readers.audit.list(null, 100)).filter(
    ({ action }) => action === "comments.imported",
  );
  expect(entries.map(({ details }) => details as string)).toEqual([
    '{"comments":4,"source":"disqus","subjects":4}',
  ]);
});

test("no trace of an IP address comes in", async () => {
  const { store, deps } = setUp();
  for (const format of EXPORT_FORMATS) await runImport(deps, format, GARDEN[format]);
  const all = await Promise.all(
    [
      ["wxr", ["11", "12"]],
      ["disqus", ["1"]],
      ["isso", ["/2023/hello-world/#0", "/2023/hello-world/#1"]],
      ["remark42", ["aa01"]],
    ].map(([source, ids]) => store.readers.comments.imported(source as string, ids as string[])),
  );
  const lines = await Promise.all(
    all.flat().map(({ subject_id }) => store.readers.identities.ofSubject(subject_id)),
  );
  expect(all.flat()).toHaveLength(6);
  const clear = lines.flat().map((line) => openIdentity(deps.sealer, line));
  expect(JSON.stringify([all, clear])).not.toMatch(/192\.0\.2\.|3ec5b0cf/);
});

test("comments are kept by their own date, but at least 30 days", async () => {
  const { store, deps } = setUp();
  const line = (id: string, time: string) =>
    `{"id":"${id}","text":"t","locator":{"url":"https://garden.example/a"},"time":"${time}"}\n`;
  await runImport(
    deps,
    "remark42",
    textExport(`{"version":1}\n${line("old", "2010-01-01T00:00:00Z")}${line("new", "2026-01-01T00:00:00Z")}`),
  );
  const comments = await storedComments(store, "remark42", ["old", "new"]);
  expect(found(comments, "old").retention_until).toBe((IMPORT_DAY + 30 * DAY) as Instant);
  expect(found(comments, "new").retention_until).toBe(
    (Date.parse("2026-01-01T00:00:00Z") + DEFAULT_RETENTION.comments * DAY) as Instant,
  );
});

test("exports come compressed, too", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-import-"));
  try {
    const path = join(folder, "backup.gz");
    const bytes = gzipSync(await Bun.file(GARDEN.remark42).bytes());
    await Bun.write(path, bytes);
    const { store, deps } = setUp();
    expect((await runImport(deps, "remark42", path)).report.imported).toBe(4);
    await Bun.write(path, bytes.subarray(0, bytes.length - 40));
    const broken = await runImport(importDeps(store), "remark42", path);
    expect(broken.stopped).toMatchObject({ type: "export-malformed" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
