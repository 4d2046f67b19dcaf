// What the tests of keys and mails stand on: the memory store, looked into, and a clock that stands where it is set.
import { groupCommit } from "../../src/adapters/group-commit/group-commit.ts";
import { emptyContents } from "../../src/adapters/memory/contents.ts";
import { openMemory } from "../../src/adapters/memory/open-memory.ts";
import type { AuditEntry } from "../../src/domain/audit/audit-entry.ts";
import type { OutgoingMail, StoredKey } from "../../src/domain/personal-data/records.ts";
import type { Instant } from "../../src/domain/shared/instant.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Readers } from "../../src/ports/store.ts";
import type { UnitOfWork } from "../../src/ports/unit-of-work.ts";

export interface Stage {
  readonly readers: Readers;
  readonly unitOfWork: UnitOfWork;
  /** Puts a row there behind the unit of work's back. */
  putKey(row: StoredKey): void;
  putMail(row: OutgoingMail): void;
  keys(): readonly StoredKey[];
  mails(): readonly OutgoingMail[];
  /** Audit entries in the order in which they were stored. */
  trail(): readonly AuditEntry[];
}

export const stage = (): Stage => {
  const contents = emptyContents();
  const { keys, outgoing_mails, audit_entries } = contents.tables;
  const store = openMemory(contents);
  return {
    readers: store.readers,
    unitOfWork: groupCommit(store.groups),
    putKey: (row) => keys.put(row),
    putMail: (row) => outgoing_mails.put(row),
    keys: () => [...keys.values()],
    mails: () => [...outgoing_mails.values()],
    trail: () => [...audit_entries.values()],
  };
};

export const fakeClock = (start: number): Clock & { set(milliseconds: number): void } => {
  let now = start as Instant;
  return {
    now: () => now,
    set: (milliseconds) => {
      now = milliseconds as Instant;
    },
  };
};
