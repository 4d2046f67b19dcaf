import { join } from "node:path";
import { exportFile } from "../../src/adapters/comment-exports/export-file.ts";
import { commentExportReaders } from "../../src/adapters/comment-exports/readers.ts";
import { makeBlindIndexer } from "../../src/adapters/crypto/blind-indexer.ts";
import { makeIdGenerator } from "../../src/adapters/crypto/id-generator.ts";
import { makeKeyVault } from "../../src/adapters/crypto/key-vault.ts";
import { makeSealer } from "../../src/adapters/crypto/sealer.ts";
import { commentHtml } from "../../src/adapters/sanitize-html/comment-html.ts";
import {
  type ImportDeps,
  type ImportOutcome,
  type ImportRemark,
  importExport,
} from "../../src/app/comments/import-comments.ts";
import { namesOf } from "../../src/app/vault.ts";
import type { Comment } from "../../src/domain/comments/comment.ts";
import { DEFAULT_RETENTION } from "../../src/domain/retention/retention-period.ts";
import type { Instant } from "../../src/domain/shared/instant.ts";
import { err, ok } from "../../src/domain/shared/result.ts";
import type { ExportFormat, OpenExport } from "../../src/ports/comment-export.ts";
import type { Store } from "../../src/ports/store.ts";
import type { UnitOfWork } from "../../src/ports/unit-of-work.ts";

/** 2026-03-02T12:00:00Z */
export const IMPORT_DAY = 1_772_452_800_000 as Instant;

/** One commit at a time, straight to the store. */
const oneByOne = (store: Store): UnitOfWork => ({
  commit: async (changes) => {
    const [verdict] = await store.groups.commitGroup([changes]);
    if (verdict?.type === "stored") return ok(null);
    if (verdict?.type === "conflict") return err({ type: "conflict" });
    throw new Error("the store refused the values of an import");
  },
  close: async () => undefined,
});

/** What imports stand on: the real crypto and sanitizer, this store, one moment. */
export const importDeps = (store: Store, now: Instant = IMPORT_DAY): ImportDeps => {
  const clock = { now: () => now };
  const ids = makeIdGenerator(clock);
  const sealer = makeSealer({ current: "a secret key for tests only, long enough", previous: null });
  const unitOfWork = oneByOne(store);
  const keyVault = makeKeyVault({
    keys: store.readers.keys,
    unitOfWork,
    sealer,
    clock,
    ids,
    retention: DEFAULT_RETENTION,
  });
  return {
    readers: store.readers,
    unitOfWork,
    clock,
    ids,
    sealer,
    blindIndexer: makeBlindIndexer(keyVault),
    sanitizer: commentHtml,
    policies: { retention: DEFAULT_RETENTION },
  };
};

export const GARDEN: Readonly<Record<ExportFormat, string>> = {
  wxr: join(import.meta.dir, "exports/garden.wxr.xml"),
  disqus: join(import.meta.dir, "exports/garden.disqus.xml"),
  isso: join(import.meta.dir, "exports/garden.isso.json"),
  remark42: join(import.meta.dir, "exports/garden.remark42.ndjson"),
};

/** Text as an export that can be opened, in pieces of `size` bytes. */
export const textExport = (text: string, size = 65_536): OpenExport =>
  async function* () {
    const bytes = new TextEncoder().encode(text);
    for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
  };

export interface Imported extends ImportOutcome {
  readonly remarks: readonly ImportRemark[];
}

export const runImport = async (
  deps: ImportDeps,
  format: ExportFormat,
  source: string | OpenExport,
): Promise<Imported> => {
  const remarks: ImportRemark[] = [];
  const open = typeof source === "string" ? (await exportFile(source)).open : source;
  const outcome = await importExport(deps)({
    format,
    reader: commentExportReaders[format],
    open,
    onRemark: (remark) => void remarks.push(remark),
    onProgress: () => undefined,
  });
  return { ...outcome, remarks };
};

/** What was imported from a source under these ids, by id. */
export const storedComments = async (
  store: Store,
  source: ExportFormat,
  ids: readonly string[],
): Promise<Readonly<Record<string, Comment>>> =>
  Object.fromEntries(
    (await store.readers.comments.imported(source, ids)).map((comment) => [comment.source_id ?? "", comment]),
  );

export const nameOf = async (deps: ImportDeps, comment: Comment): Promise<string | null> =>
  (await namesOf({ identities: deps.readers.identities, sealer: deps.sealer }, [comment.subject_id])).get(
    comment.subject_id,
  ) ?? null;
