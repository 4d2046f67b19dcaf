/** What is wrong with the log: in fixed words, which may be logged. */
export type Breakage =
  | "the newest checkpoint is not signed by this log"
  | "the newest checkpoint does not say what is stored beside it"
  | "a tile at the right edge is not there or has another width"
  | "the tree does not have the root that was signed"
  | "the checkpoint outside the database is not signed by this log"
  | "the log is shorter than the checkpoint outside the database"
  | "the log is another one than the checkpoint outside the database says";

const SET_BACK =
  "`bun run cli backup adopt` when you put an earlier database back yourself (docs/backup.md), else ";

/** The log is not what was signed: nothing more is signed until somebody has looked (`audit verify`). */
export class AuditLogBroken extends Error {
  override readonly name = "AuditLogBroken";
  constructor(readonly breakage: Breakage) {
    super(`${breakage}: run ${breakage.includes("outside") ? SET_BACK : ""}\`bun run cli audit verify\``);
  }
}
