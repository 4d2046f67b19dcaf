import { ok, type Result } from "../../domain/shared/result.ts";
import {
  type CommentExportReader,
  type ExportedComment,
  type ExportFormat,
  MalformedExport,
  type Omission,
  type OmissionReason,
  type OpenExport,
} from "../../ports/comment-export.ts";
import type { Deps } from "../deps.ts";
import type { AppError } from "../errors.ts";
import { type BatchDeps, type BatchOutcome, importBatch } from "./import-batch.ts";
import { type ImportDraft, importDraft } from "./import-draft.ts";

const BATCH_MAX = 100;
/** Characters of one batch, so that a hundred huge comments are not held at once. */
const BATCH_CHARACTERS_MAX = 2_097_152;
/** Parents looked for at once. Beyond them, replies wait for a later pass. */
const WANTED_MAX = 100_000;
/** What one look into the store may ask for. */
const LOOK_UP_MAX = 500;

export type ImportDeps = BatchDeps & Pick<Deps, "sanitizer">;

export interface ImportInput {
  readonly format: ExportFormat;
  readonly reader: CommentExportReader;
  readonly open: OpenExport;
  /** What was left out, and which replies became roots because their parent is not in the export, as it is found. */
  readonly onRemark: (remark: ImportRemark) => void;
  /** After every batch. */
  readonly onProgress: (report: ImportReport) => void;
}

export type ImportRemark =
  | Omission
  | { readonly kind: "placed-as-root"; readonly source_id: string; readonly line: number };

export interface ImportReport {
  /** Items of the export, of whatever kind. */
  readonly read: number;
  readonly imported: number;
  readonly already_there: number;
  readonly omitted: Readonly<Partial<Record<OmissionReason, number>>>;
  /** Those of `imported` that are replies there and roots here. */
  readonly placed_as_root: number;
  /** Replies whose parent did not come so far; 0 when the import came to its end. */
  readonly waiting: number;
}

/** Why an import ended early. What was imported until then stays, whole batches of it; running it again goes on. */
export type ImportStop =
  | { readonly type: "export-malformed"; readonly problem: string; readonly line: number }
  | { readonly type: "conflict" };

export interface ImportOutcome {
  readonly report: ImportReport;
  /** Null: the import came to its end. */
  readonly stopped: ImportStop | null;
}

/** What a pass over the export does besides importing what has its parent. */
interface Pass {
  /** The first one counts and tells of what it reads. */
  readonly first: boolean;
  /** Parents that never come: their replies become roots. */
  readonly never: ReadonlySet<string>;
  /** Parents that may never come: those that turn out to wait themselves are taken from it. */
  readonly suspects: Set<string>;
  /** What still waits does so in a circle. */
  readonly last: boolean;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Imports an export in batches, each one commit with one audit entry. A batch that is stored is never touched again, so
 * a second run imports nothing, and one after a crash goes on where it ended. A reply whose parent comes later waits for
 * another pass over the export: only one that is known never to find its parent becomes a root. Memory does not grow
 * with the export.
 */
export const importExport =
  (deps: ImportDeps) =>
  async (input: ImportInput): Promise<ImportOutcome> => {
    const { format } = input;
    const counts = { read: 0, imported: 0, already_there: 0, placed_as_root: 0, waiting: 0 };
    const omitted: Partial<Record<OmissionReason, number>> = {};
    const report = (): ImportReport => ({ ...counts, omitted: { ...omitted } });
    const leaveOut = (source_id: string | null, line: number, reason: OmissionReason): void => {
      omitted[reason] = (omitted[reason] ?? 0) + 1;
      input.onRemark({ kind: "omitted", source_id, line, reason });
    };

    const storedOf = async (ids: readonly string[]) => deps.readers.comments.imported(format, ids);

    /** New comments of the batch that can be stored; the rest is counted and told of, once. */
    const draftsOf = async (
      items: readonly ExportedComment[],
      first: boolean,
    ): Promise<readonly ImportDraft[]> => {
      const now = deps.clock.now();
      const stored = new Map(
        (await storedOf(items.map(({ source_id }) => source_id))).map((comment) => [
          comment.source_id,
          comment,
        ]),
      );
      const drafts: ImportDraft[] = [];
      for (const item of items) {
        const other = stored.get(item.source_id);
        if (other !== undefined) {
          if (!first) continue;
          if (other.created_at === item.created_at) counts.already_there += 1;
          else leaveOut(item.source_id, item.line, "id-taken");
          continue;
        }
        const draft = importDraft(item, deps.sanitizer, now);
        if (draft.ok) drafts.push(draft.value);
        else if (first) leaveOut(item.source_id, item.line, draft.error);
      }
      return drafts;
    };

    const count = (outcome: BatchOutcome, pass: Pass, wanted: Set<string>): void => {
      counts.imported += outcome.placed.length;
      counts.placed_as_root += outcome.rooted.length;
      for (const { source_id, line } of outcome.rooted) {
        input.onRemark({ kind: "placed-as-root", source_id, line });
      }
      if (pass.first) {
        counts.already_there += outcome.already.length;
        for (const { source_id, line } of outcome.taken) leaveOut(source_id, line, "id-taken");
      }
      for (const { source_id, parent_source_id, line } of outcome.waiting) {
        if (pass.last) {
          leaveOut(source_id, line, "parent-cycle");
          continue;
        }
        counts.waiting += 1;
        pass.suspects.delete(source_id);
        if (parent_source_id !== null && wanted.size < WANTED_MAX) wanted.add(parent_source_id);
      }
    };

    /** One pass over the export; answers which parents its replies wait for. */
    const run = async (pass: Pass): Promise<Result<ReadonlySet<string>, AppError>> => {
      const wanted = new Set<string>();
      let batch: ExportedComment[] = [];
      let characters = 0;
      counts.waiting = 0;
      const flush = async (): Promise<Result<null, AppError>> => {
        const drafts = await draftsOf(batch, pass.first);
        batch = [];
        characters = 0;
        if (drafts.length > 0) {
          const outcome = await importBatch(deps, format, drafts, (parent) => pass.never.has(parent));
          if (!outcome.ok) return outcome;
          count(outcome.value, pass, wanted);
        }
        input.onProgress(report());
        return ok(null);
      };
      for await (const item of input.reader.read(input.open)) {
        if (pass.first) counts.read += 1;
        if (item.kind === "omitted") {
          if (pass.first) leaveOut(item.source_id, item.line, item.reason);
          continue;
        }
        batch.push(item);
        characters += item.content.length;
        if (batch.length < BATCH_MAX && characters < BATCH_CHARACTERS_MAX) continue;
        const flushed = await flush();
        if (!flushed.ok) return flushed;
      }
      const flushed = await flush();
      return flushed.ok ? ok(wanted) : flushed;
    };

    const anyStored = async (ids: ReadonlySet<string>): Promise<boolean> => {
      const all = [...ids];
      for (let from = 0; from < all.length; from += LOOK_UP_MAX) {
        if ((await storedOf(all.slice(from, from + LOOK_UP_MAX))).length > 0) return true;
      }
      return false;
    };

    const runAll = async (): Promise<Result<null, AppError>> => {
      const again = { first: false, never: NONE, last: false };
      let pass: Pass = { ...again, first: true, suspects: new Set() };
      for (;;) {
        const wanted = await run(pass);
        if (!wanted.ok) return wanted;
        if (counts.waiting === 0) return ok(null);
        if (await anyStored(wanted.value)) {
          pass = { ...again, suspects: new Set() };
          continue;
        }
        // None of the parents is stored: each waits itself, or never comes.
        const suspects = new Set(wanted.value);
        const sifted = await run({ ...again, suspects });
        if (!sifted.ok) return sifted;
        pass = { ...again, never: suspects, suspects: new Set(), last: suspects.size === 0 };
      }
    };

    try {
      const done = await runAll();
      return { report: report(), stopped: done.ok ? null : { type: "conflict" } };
    } catch (error) {
      if (!(error instanceof MalformedExport)) throw error;
      const { problem, line } = error;
      return { report: report(), stopped: { type: "export-malformed", problem, line } };
    }
  };
