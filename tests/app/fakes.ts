// The smallest store that key and mail tests need: keys, waiting mails and the audit trail, all or nothing.
import type { AuditEntry } from "../../src/domain/audit/audit-entry.ts";
import type { OutgoingMail, StoredKey } from "../../src/domain/personal-data/records.ts";
import type { Changes, Write } from "../../src/domain/shared/changes.ts";
import type { Instant } from "../../src/domain/shared/instant.ts";
import { err, ok } from "../../src/domain/shared/result.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { KeyReader } from "../../src/ports/key-reader.ts";
import type { OutgoingMailReader } from "../../src/ports/outgoing-mail-reader.ts";
import type { UnitOfWork } from "../../src/ports/unit-of-work.ts";

export interface FakeStore {
  readonly keyRows: Map<string, StoredKey>;
  readonly mailRows: Map<string, OutgoingMail>;
  readonly trail: AuditEntry[];
  readonly keys: KeyReader;
  readonly outgoingMails: OutgoingMailReader;
  readonly unitOfWork: UnitOfWork;
}

export const fakeStore = (): FakeStore => {
  const keyRows = new Map<string, StoredKey>();
  const mailRows = new Map<string, OutgoingMail>();
  const trail: AuditEntry[] = [];
  const versionOf = (write: Write): number | undefined =>
    write.op === "insert"
      ? undefined
      : (write.op === "update" ? mailRows : write.from === "keys" ? keyRows : mailRows).get(write.id)
          ?.version;

  const stands = (write: Write): boolean => {
    if (write.op !== "insert") return versionOf(write) === write.version;
    return write.into === "keys" && !keyRows.has(write.row.id);
  };
  const apply = (write: Write): void => {
    if (write.op === "insert" && write.into === "keys") keyRows.set(write.row.id, write.row);
    else if (write.op === "delete") (write.from === "keys" ? keyRows : mailRows).delete(write.id);
    else if (write.op === "update" && write.in === "outgoing_mails") {
      const row = mailRows.get(write.id);
      if (row !== undefined) mailRows.set(write.id, { ...row, ...write.set, version: row.version + 1 });
    } else throw new TypeError("the fake store does not know this write");
  };
  return {
    keyRows,
    mailRows,
    trail,
    keys: {
      byId: async (id) => keyRows.get(id) ?? null,
      expired: async (now, limit) =>
        [...keyRows.values()]
          .filter((key) => key.destroy_at !== null && key.destroy_at <= now)
          .slice(0, limit),
    },
    outgoingMails: {
      due: async (now, limit) =>
        [...mailRows.values()]
          .filter((mail) => mail.next_attempt_at <= now)
          .toSorted((a, b) => a.next_attempt_at - b.next_attempt_at)
          .slice(0, limit),
    },
    unitOfWork: {
      commit: async ({ writes, audit }: Changes) => {
        if (!writes.every(stands)) return err({ type: "conflict" });
        writes.forEach(apply);
        trail.push(...audit);
        return ok(null);
      },
      close: async () => {},
    },
  };
};

/** A clock that stands where it is set. */
export const fakeClock = (start: number): Clock & { set(milliseconds: number): void } => {
  let now = start as Instant;
  return {
    now: () => now,
    set: (milliseconds) => {
      now = milliseconds as Instant;
    },
  };
};
