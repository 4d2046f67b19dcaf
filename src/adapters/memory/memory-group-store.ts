import type { AuditEntry } from "../../domain/audit/audit-entry.ts";
import { keyField } from "../../domain/personal-data/records.ts";
import type { Changes, Expectation, Write } from "../../domain/shared/changes.ts";
import { storableText } from "../../domain/shared/text.ts";
import { GROUP_MEMBERS_MAX, GROUP_ROWS_MAX, type GroupStore, type Verdict } from "../../ports/group-store.ts";
import type { MemoryContents } from "./contents.ts";
import { fieldsOf, isAllowed, isStorable, type TableName } from "./fields.ts";
import type { Table } from "./table.ts";

type Row = Readonly<Record<string, unknown>>;
type Outcome = "stored" | "conflict" | "refused";

const NEVER_SET = new Set(["id", "key", "version", "created_at"]);

/** Tables whose `subject_id` must name a subject. */
const REFERRING = [
  "identities",
  "consents",
  "sessions",
  "comments",
  "comment_reports",
  "mail_preferences",
] as const;

const isStorableKey = (key: unknown): boolean => typeof key === "string" && storableText(key) === null;

/** What no database is even sent: an unknown or missing field, a value of another type, NUL, a fraction. */
const isWellFormed = (write: Write): boolean => {
  if (write.op === "delete") {
    return (
      fieldsOf(write.from) !== undefined && isStorableKey(write.id) && Number.isSafeInteger(write.version)
    );
  }
  const fields = fieldsOf(write.op === "insert" ? write.into : write.in);
  if (fields === undefined) return false;
  const given = Object.entries(write.op === "insert" ? write.row : write.set);
  const fits = given.every(([name, value]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return field !== undefined && isStorable(field, value);
  });
  return write.op === "insert"
    ? fits && given.length === Object.keys(fields).length
    : fits &&
        !given.some(([name]) => NEVER_SET.has(name)) &&
        isStorableKey(write.id) &&
        Number.isSafeInteger(write.version);
};

const isWellFormedEntry = (entry: AuditEntry): boolean => {
  const fields = fieldsOf("audit_entries") ?? {};
  const given = Object.entries(entry);
  return (
    given.length === Object.keys(fields).length &&
    given.every(([name, value]) => {
      const field = fields[name];
      return field !== undefined && isStorable(field, value);
    })
  );
};

const isWellFormedExpectation = (expectation: Expectation): boolean =>
  fieldsOf(expectation.in) !== undefined &&
  isStorableKey(expectation.id) &&
  (expectation.version === "absent" || Number.isSafeInteger(expectation.version));

export interface MemoryGroupStore extends GroupStore {
  /** Stores one decision, or nothing of it, in the turn of the event loop that the caller is in. */
  storeInside(changes: Changes): Verdict;
}

export const createMemoryGroupStore = ({ tables, log }: MemoryContents): MemoryGroupStore => {
  const tableOf = (name: TableName) => tables[name] as unknown as Table<Row>;

  /** What undoes the member that is being stored, newest last. */
  let undo: (() => void)[] = [];

  const put = (name: TableName, key: string, row: Row): void => {
    const table = tableOf(name);
    const before = table.get(key);
    table.put(Object.freeze({ ...row }));
    undo.push(() => (before === null ? table.remove(key) : table.put(before)));
  };

  const isWithinLimits = (name: TableName, row: Row): boolean =>
    Object.entries(fieldsOf(name) ?? {}).every(([field, limits]) => isAllowed(limits, row[field]));

  const refersToNobody = (name: TableName, row: Row): boolean =>
    (REFERRING as readonly string[]).includes(name) &&
    row["subject_id"] !== null &&
    tables.subjects.get(String(row["subject_id"])) === null;

  const insert = (name: TableName, keyName: string, record: object): Outcome => {
    const row = record as Row;
    if (!isWithinLimits(name, row)) return "refused";
    const key = String(row[keyName]);
    const table = tableOf(name);
    if (table.get(key) !== null || !table.isFree(row)) return "conflict";
    if (refersToNobody(name, row)) return "refused";
    put(name, key, row);
    return "stored";
  };

  const update = (write: Extract<Write, { op: "update" }>): Outcome => {
    const table = tableOf(write.in);
    const before = table.get(write.id);
    if (before === null || before["version"] !== write.version) return "conflict";
    const after = { ...before, ...write.set, version: write.version + 1 };
    if (!isWithinLimits(write.in, after)) return "refused";
    if (!table.isFree(after)) return "conflict";
    if (refersToNobody(write.in, after)) return "refused";
    put(write.in, write.id, after);
    return "stored";
  };

  const isReferredTo = (subject: string): boolean =>
    REFERRING.some((name) => {
      for (const row of tableOf(name).values()) if (row["subject_id"] === subject) return true;
      return false;
    });

  const remove = (write: Extract<Write, { op: "delete" }>): Outcome => {
    const table = tableOf(write.from);
    const before = table.get(write.id);
    if (before === null || before["version"] !== write.version) return "conflict";
    if (write.from === "subjects" && isReferredTo(write.id)) return "refused";
    table.remove(write.id);
    undo.push(() => table.put(before));
    return "stored";
  };

  const apply = (write: Write): Outcome =>
    write.op === "insert"
      ? insert(write.into, keyField(write.into), write.row)
      : write.op === "update"
        ? update(write)
        : remove(write);

  const holds = (expectation: Expectation): boolean => {
    const found = tableOf(expectation.in).get(expectation.id);
    return expectation.version === "absent" ? found === null : found?.["version"] === expectation.version;
  };

  const tell = (entry: AuditEntry): Outcome => {
    const outcome = insert("audit_entries", "id", entry);
    if (outcome === "stored") {
      log.positions.set(entry.id, log.order.push(entry.id));
      undo.push(() => {
        log.order.pop();
        log.positions.delete(entry.id);
      });
    }
    return outcome;
  };

  /** The first step that is not stored decides; the audit entry goes first, since it tells a member that was stored before. */
  const store = (member: Changes): Outcome => {
    const [told, ...others] = member.audit;
    const first = tell(told);
    if (first !== "stored") return first === "conflict" ? "stored" : first;
    if (!member.expects.every(holds)) return "conflict";
    for (const write of member.writes) {
      const outcome = apply(write);
      if (outcome !== "stored") return outcome;
    }
    for (const entry of others) {
      const outcome = tell(entry);
      if (outcome !== "stored") return outcome;
    }
    return "stored";
  };

  const commit = (member: Changes): Verdict => {
    const wellFormed =
      member.writes.every(isWellFormed) &&
      member.expects.every(isWellFormedExpectation) &&
      member.audit.every(isWellFormedEntry);
    if (!wellFormed) return { type: "refused", sqlState: null };
    undo = [];
    const outcome = store(member);
    if (outcome !== "stored") for (const step of undo.reverse()) step();
    return outcome === "refused" ? { type: "refused", sqlState: null } : { type: outcome };
  };

  return {
    storeInside: commit,
    commitGroup: async (members) => {
      const rows = members.reduce((sum, each) => sum + each.writes.length + each.audit.length, 0);
      if (members.length > GROUP_MEMBERS_MAX || rows > GROUP_ROWS_MAX) {
        throw new RangeError(`a group takes ${GROUP_MEMBERS_MAX} members and ${GROUP_ROWS_MAX} rows`);
      }
      return members.map(commit);
    },
  };
};
