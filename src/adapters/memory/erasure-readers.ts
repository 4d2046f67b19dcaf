import type { Readers } from "../../ports/store.ts";
import type { MemoryContents } from "./contents.ts";
import type { Rows } from "./fields.ts";
import { FROM_OLDEST, take, until } from "./take.ts";

const OWNED = ["comments", "comment_reports", "consents", "sessions", "privacy_requests"] as const;

/** Readers of what an erasure goes through. */
export const erasureReaders = (
  { tables, indexes }: Pick<MemoryContents, "tables" | "indexes">,
  attempt: <T>(operation: string, read: () => T) => Promise<T>,
): Pick<Readers, "commentReports" | "erasures" | "legalHolds" | "records"> => ({
  commentReports: {
    onComment: (comment, after, limit) =>
      attempt("comment_reports.onComment", () =>
        take(indexes.reportsByComment.after(comment, [after ?? ""]), limit),
      ),
  },
  erasures: {
    byId: (id) => attempt("erasures.byId", () => tables.erasures.get(id)),
    ofSubject: (subject) =>
      attempt("erasures.ofSubject", () => tables.erasures.find(["subject_id"], [subject])),
    held: (after, limit) =>
      attempt("erasures.held", () => take(indexes.heldErasures.after("", [after ?? ""]), limit)),
    open: (now, limit) =>
      attempt("erasures.open", () =>
        take(
          until(indexes.openErasures.after("", [FROM_OLDEST, ""]), (each) => each.next_attempt_at <= now),
          limit,
        ),
      ),
  },
  legalHolds: {
    byId: (id) => attempt("legal_holds.byId", () => tables.legal_holds.get(id)),
    list: (after, limit) =>
      attempt("legal_holds.list", () => take(indexes.holdsById.after("", [after ?? ""]), limit)),
    standing: () => attempt("legal_holds.standing", () => [...indexes.standingHolds.after("", [""])]),
    keeping: ({ subjects, records }) =>
      attempt("legal_holds.keeping", () =>
        [...indexes.standingHolds.after("", [""])].filter(
          ({ subject_id, record_id }) =>
            (subject_id !== null && subjects.includes(subject_id)) ||
            (record_id !== null && records.includes(record_id)),
        ),
      ),
    onRecordsOf: (subject) =>
      attempt("legal_holds.onRecordsOf", () =>
        [...indexes.standingHolds.after("", [""])].filter(
          ({ record_id }) =>
            record_id !== null &&
            OWNED.some((collection) => tables[collection].get(record_id as never)?.subject_id === subject),
        ),
      ),
    guardVersion: () => attempt("legal_holds.guard", () => tables.guards.get("holds")?.version ?? 0),
    ofSubject: (subject) =>
      attempt("legal_holds.ofSubject", () =>
        [...indexes.standingHolds.after("", [""])].filter((hold) => hold.subject_id === subject),
      ),
  },
  records: {
    walk: (collection, after, limit) =>
      attempt(`${collection}.walk`, () =>
        take<Rows[typeof collection]>(tables[collection].after(after ?? ""), limit),
      ),
  },
});
