import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { parseCheckpoint } from "../../domain/audit/checkpoint.ts";
import type { LogFault, LogFaultKind } from "../../domain/audit/log-fault.ts";
import { parseNote, verifierKey } from "../../domain/audit/signed-note.ts";
import { logOrigin } from "../audit/former-checkpoint.ts";
import { type LogVerification, verifyLog } from "../audit/verify-log.ts";
import { compose, type Service } from "../compose.ts";
import { readSettings } from "../config.ts";
import { CommandRefused } from "./command-refused.ts";

export const AUDIT_USAGE = "Usage: bun run cli audit verify [--from CHECKPOINT] | audit rotate-key";

type Say = (text: string) => void;

const TOLD: Readonly<Record<LogFaultKind, string>> = {
  changed: "was changed after it came into the tree",
  "dated-back": "was changed after it came into the tree, and its time is not the one it was made at",
  inserted: "was put in: nothing like it was signed at this place",
  deleted: "stands where another was signed that is gone",
  reordered: "stands in another's place",
  "cut-off": "and all after it are gone",
  "not-sealed": "is not as the service wrote it: somebody else wrote it, or changed it",
  "forged-pruning": "was blanked before its time, and not by the service",
  "forged-erasure": "was blanked by an erasure that never was",
  "tile-changed": "is where the stored tree differs from the entries: a tile was changed or deleted",
  "checkpoint-changed": "",
  "checkpoint-removed": "is where the stored tree ends now: a later checkpoint was deleted",
  "tree-replaced": "is where entries and tiles begin to differ from what was signed: both were replaced",
};

const sentence = ({ kind, index, id }: LogFault): string => {
  if (kind === "checkpoint-changed") return "A checkpoint was changed, or another key has signed it.";
  const which = index === null ? "An entry" : `Entry ${index}`;
  return `${which}${id === null ? "" : ` (${id})`} ${TOLD[kind]}.`;
};

const report = (verification: LogVerification): string => {
  const { entries, size, pruned_identities, pruned_payloads, unlinked } = verification;
  return [
    `entries             ${entries}`,
    `in the signed tree  ${size}`,
    `lawfully blank      ${pruned_identities} identities and ${pruned_payloads} payloads by their time, ${unlinked} identities by erasures`,
  ].join("\n");
};

const verify = async (service: Service, from: string | null, say: Say): Promise<boolean> => {
  const tty = process.stderr.isTTY;
  const { fault, ...verification } = await verifyLog(service.deps)({
    from,
    onProgress: (entries) => {
      if (tty) process.stderr.write(`\r${entries} entries`);
    },
  });
  if (tty) process.stderr.write("\r");
  say(report({ fault, ...verification }));
  say(
    fault === null
      ? "The log is whole: every entry, tile and checkpoint is what was signed."
      : `NOT WHOLE (${fault.kind}). ${sentence(fault)} Nothing after it was looked at.`,
  );
  return fault === null;
};

const readCheckpoint = async (path: string): Promise<string> => {
  try {
    return await readFile(path, "utf8");
  } catch (failure) {
    const code = failure instanceof Error && "code" in failure ? failure.code : null;
    if (code !== "ENOENT" && code !== "EISDIR" && code !== "EACCES") throw failure;
    throw new CommandRefused(`Not read: ${path} (${code}).`);
  }
};

/** What a person kept; a file of something else says nothing about the log. */
const keptCheckpoint = async (path: string): Promise<string> => {
  const note = await readCheckpoint(path);
  if (parseCheckpoint(parseNote(note)?.text ?? "") === null)
    throw new CommandRefused(`There is no checkpoint, as /audit/checkpoint gives it, in ${path}.`);
  return note;
};

/** `audit verify` recomputes the log and answers whether it is whole; `audit rotate-key` replaces the key that signs it. */
export const auditCommand = async (verb: string, words: readonly string[], say: Say): Promise<boolean> => {
  if (verb !== "verify" && verb !== "rotate-key") throw new CommandRefused(AUDIT_USAGE);
  const { values } = parseArgs({
    args: [...words],
    options: { from: { type: "string" } },
    allowPositionals: true,
    strict: false,
  });
  const { from: path } = values;
  const wanted = typeof path !== "string" ? [] : words.length === 1 ? [`--from=${path}`] : ["--from", path];
  // A word that is not understood must not make a lesser check look like the one that was asked for.
  if (words.join(" ") !== wanted.join(" ") || (verb !== "verify" && words.length > 0))
    throw new CommandRefused(AUDIT_USAGE);
  const from = typeof path === "string" ? await keptCheckpoint(path) : null;
  const service = await compose(readSettings(process.env));
  try {
    await service.store.migrator.up();
    if (verb === "verify") return await verify(service, from, say);
    const { auditSeals, logSigner } = service.deps;
    await logSigner.rotate();
    const [key] = (await logSigner.keys(logOrigin(service.deps))).slice(-1);
    if (key === undefined) throw new Error("a log has a key");
    say(
      `Checkpoints are signed with a new key from now on, and with the former one beside it:\n${verifierKey(auditSeals.sha256, key)}`,
    );
    return true;
  } finally {
    await service.close();
  }
};
