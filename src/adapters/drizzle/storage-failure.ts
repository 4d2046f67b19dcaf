import { DrizzleQueryError } from "drizzle-orm/errors";
import { StorageFailure, type StorageFailureKind } from "../../ports/unit-of-work.ts";

const SQLSTATE = /^[0-9A-Z]{5}$/;
const CONNECTION_GONE = /^(08|57P0[1-5]$|58)/;
const TOO_MUCH = /^(53|55P03$|57014$|40)/;

/** The driver's own error: Drizzle's wrapper holds the parameters in its message. */
export const driverError = (error: unknown): unknown =>
  error instanceof DrizzleQueryError ? driverError(error.cause) : error;

/** `code` of a driver's error: SQLSTATE, SQLITE_…, or a socket's name; null when no driver made it. */
export const driverCode = (error: unknown): string | null => {
  const cause = driverError(error);
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : null;
};

/** Five characters, where PostgreSQL gave them. `EPIPE` and the like are sockets' names. */
export const sqlStateOf = (error: unknown): string | null => {
  const code = driverCode(error);
  return code !== null && SQLSTATE.test(code) && /[0-9]/.test(code) ? code : null;
};

const kindOf = (code: string, sqlState: string | null): StorageFailureKind => {
  if (sqlState !== null) {
    return CONNECTION_GONE.test(sqlState) ? "lost" : TOO_MUCH.test(sqlState) ? "overloaded" : "refused";
  }
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return "overloaded";
  if (/^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE|ERROR)/.test(code)) return "refused";
  return "lost";
};

/**
 * Translates what a driver threw into what may be told: operation, kind and SQLSTATE; never row, parameters or cause.
 * A StorageFailure stays as it is, and what no driver made is a bug of ours and stays as it is too.
 */
export const storageFailure = (
  operation: string,
  error: unknown,
  stored: "no" | "unknown" = "no",
): unknown => {
  if (error instanceof StorageFailure) return error;
  const code = driverCode(error);
  if (code === null) {
    return error instanceof DrizzleQueryError ? new StorageFailure("lost", stored, operation) : error;
  }
  const sqlState = sqlStateOf(error);
  return new StorageFailure(kindOf(code, sqlState), stored, operation, sqlState);
};
