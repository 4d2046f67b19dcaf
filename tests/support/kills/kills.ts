import { killableBackup } from "./backup.ts";
import { killableErasure } from "./erasure.ts";
import type { Killable } from "./killing.ts";
import { type Place, postgresPlace, sqlitePlace } from "./place.ts";
import { killableRestore } from "./restore.ts";
import { killableRetention } from "./retention.ts";
import { killableStaging } from "./staging.ts";

const MAKERS = {
  erasure: killableErasure,
  retention: killableRetention,
  backup: killableBackup,
  restore: killableRestore,
  staging: killableStaging,
} satisfies Record<string, (place: Place) => Promise<Killable>>;

export type Operation = keyof typeof MAKERS;

export const OPERATIONS = Object.keys(MAKERS) as readonly Operation[];

export const ENGINES = ["sqlite", "postgres"] as const;

export type Engine = (typeof ENGINES)[number];

/** What is copied by the programs of PostgreSQL needs a server of their version. */
const needsPrograms = (operation: Operation): boolean => operation === "backup" || operation === "restore";

/** An operation with the data that it works on; `reason` says why it cannot be tried here. */
export const openKillable = async (
  operation: Operation,
  engine: Engine,
): Promise<Killable | { readonly reason: string }> => {
  const place = engine === "sqlite" ? await sqlitePlace() : await postgresPlace(needsPrograms(operation));
  return "reason" in place ? place : MAKERS[operation](place);
};
