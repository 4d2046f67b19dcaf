import type { Store } from "../../ports/store.ts";
import { StorageFailure } from "../../ports/unit-of-work.ts";
import { emptyContents, type MemoryContents } from "./contents.ts";
import { createMemoryAuditLog } from "./memory-audit-log.ts";
import { createMemoryGroupStore } from "./memory-group-store.ts";
import { createMemoryLeases } from "./memory-leases.ts";
import { memoryPhysicalErasure } from "./memory-physical-erasure.ts";
import { createMemoryReaders } from "./memory-readers.ts";
import { createMemoryRetention } from "./memory-retention.ts";

/**
 * A store that lives in this process: the same promises as the databases', but durable only as long as `contents` is
 * held. It has no schema, so there is nothing to migrate.
 */
export const openMemory = (contents: MemoryContents = emptyContents()): Store => {
  let closed = false;
  const attempt = async <T>(operation: string, work: () => T | Promise<T>): Promise<T> => {
    if (closed) throw new StorageFailure("closed", "no", operation);
    return await work();
  };
  const groups = createMemoryGroupStore(contents);
  return {
    readers: createMemoryReaders(contents, attempt),
    groups: { commitGroup: (members) => attempt("commit", () => groups.commitGroup(members)) },
    physicalErasure: memoryPhysicalErasure(contents),
    connections: null,
    auditLog: createMemoryAuditLog(contents, attempt),
    retention: createMemoryRetention(contents, groups, attempt),
    leases: createMemoryLeases(contents, attempt),
    migrator: {
      status: async () => ({ applied: [], pending: [], unknown: [] }),
      up: async () => [],
      down: async () => [],
    },
    ping: () => attempt("ping", () => undefined),
    close: async () => {
      closed = true;
    },
  };
};
