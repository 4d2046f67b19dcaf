import { type AuditEntry, auditEntry, type Occasion } from "../audit/audit-entry.ts";
import type { RestorePoint } from "../personal-data/records.ts";
import type { Changes } from "../shared/changes.ts";

/** How many facts of each kind were done again. */
export interface Replayed {
  readonly erasures: number;
  readonly withdrawals: number;
  readonly objections: number;
  readonly restrictions: number;
  readonly unrestrictions: number;
  readonly rectifications: number;
}

export const NOTHING_REPLAYED: Replayed = {
  erasures: 0,
  withdrawals: 0,
  objections: 0,
  restrictions: 0,
  unrestrictions: 0,
  rectifications: 0,
};

const moved = (
  current: RestorePoint | null,
  position: string,
  audit: AuditEntry,
  { now }: Occasion,
): Changes => ({
  expects: [],
  writes: [
    current === null
      ? {
          op: "insert",
          into: "restore_points",
          row: { id: "ledger", ledger_position: position, created_at: now, updated_at: now, version: 1 },
        }
      : {
          op: "update",
          in: "restore_points",
          id: current.id,
          version: current.version,
          set: { ledger_position: position, updated_at: now },
        },
  ],
  audit: [audit],
});

/** Everything that was told before `position` has been done in this database. */
export const moveRestorePoint = (
  current: RestorePoint | null,
  position: string,
  occasion: Occasion,
): Changes => moved(current, position, auditEntry("restore_point.moved", null, {}, occasion), occasion);

/** The same, after what a copy had not heard of was done again: evidence that nobody came back (GDPR Art. 5(2), 17). */
export const finishReplay = (
  current: RestorePoint | null,
  position: string,
  replayed: Replayed & { readonly told: number },
  occasion: Occasion,
): Changes =>
  moved(current, position, auditEntry("restore.replayed", null, { ...replayed }, occasion), occasion);
