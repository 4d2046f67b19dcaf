import type { AuditEntry } from "../../domain/audit/audit-entry.ts";
import { type AuditEntryId, isUuid, parseId } from "../../domain/shared/ids.ts";
import { type Instant, MINUTE } from "../../domain/shared/instant.ts";
import { ok } from "../../domain/shared/result.ts";
import type { Application, AuditFilter } from "../application.ts";
import { requirePermission } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { badCursor } from "../paging.ts";

/** Entries looked at for one page: a rare action gives short pages instead of long waits. */
const LOOKED_AT = 2_000;
const WINDOW = 500;

/** An entry's id is made just after its time is taken: ids stand in the order of time but for that. */
const SLACK = 5 * MINUTE;

/** The first id of a moment (RFC 9562, 5.7). */
const firstIdAt = (moment: number): AuditEntryId => {
  const hex = Math.max(0, Math.min(moment, 2 ** 48 - 1))
    .toString(16)
    .padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000` as AuditEntryId;
};

const fits = (entry: AuditEntry, { action, resource, from, to }: AuditFilter): boolean =>
  (action === null || entry.action === action) &&
  (resource === null ||
    (isUuid(resource) ? entry.resource_id === resource : entry.resource_type === resource)) &&
  (from === null || entry.created_at >= from) &&
  (to === null || entry.created_at <= to);

const isBefore = ({ created_at }: AuditEntry, from: Instant | null): boolean =>
  from !== null && created_at < from - SLACK;

/** The trail, newest first. A page may hold less than its limit, or nothing, and still have a next one. */
export const listEntries =
  ({ readers }: Deps): Application["audit"]["list"] =>
  async (caller, filter, { limit, cursor }) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const after = cursor === null ? null : parseId<AuditEntryId>(cursor);
    if (cursor !== null && after === null) return badCursor();
    const items: AuditEntry[] = [];
    let before = after ?? (filter.to === null ? null : firstIdAt(filter.to + SLACK));
    for (let looked = 0; looked < LOOKED_AT; ) {
      const found = await readers.audit.newest(before, WINDOW);
      for (const entry of found) {
        if (isBefore(entry, filter.from)) return ok({ items, next_cursor: null });
        if (items.length === limit) return ok({ items, next_cursor: before });
        before = entry.id;
        if (fits(entry, filter)) items.push(entry);
      }
      looked += found.length;
      if (found.length < WINDOW) return ok({ items, next_cursor: null });
    }
    return ok({ items, next_cursor: before });
  };
