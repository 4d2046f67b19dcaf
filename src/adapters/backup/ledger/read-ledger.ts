import { createReadStream } from "node:fs";
import { join } from "node:path";
import { LedgerBroken } from "../../../ports/erasure-ledger.ts";
import { isErrno } from "../files.ts";
import { type LedgerHead, namesIn, readHeads } from "./ledger-heads.ts";
import type { LedgerKeys } from "./ledger-keys.ts";
import { decodeLine, firstLink, type ToldLine } from "./ledger-line.ts";
import type { LedgerFolders } from "./ledger-writer.ts";

/** Where each file of the ledger stood, by name. */
export type Heads = Readonly<Record<string, LedgerHead>>;

export interface ReadLine {
  readonly file: string;
  readonly told: ToldLine;
  readonly head: LedgerHead;
}

const NAME = /^([\da-f-]{36})\.ledger$/;

/** Whole lines, one by one; what follows the last line break was cut off by a crash and never acknowledged. */
async function* wholeLines(path: string): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of createReadStream(path, { encoding: "utf8" }) as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/**
 * The lines of one file whose chain holds. Throws LedgerBroken when a line that belongs to nothing stands before the
 * `atLeast` first ones; after them it is what a crash left.
 */
async function* readFile(
  folders: LedgerFolders,
  keys: LedgerKeys,
  file: string,
  atLeast: readonly LedgerHead[],
): AsyncGenerator<ReadLine> {
  let head: LedgerHead = { entries: 0, link: firstLink(keys, file) };
  const wanted = new Map(atLeast.map(({ entries, link }) => [entries, link]));
  const check = (): void => {
    const link = wanted.get(head.entries);
    if (link !== undefined && link !== head.link) throw new LedgerBroken("changed");
    wanted.delete(head.entries);
  };
  check();
  let broken = false;
  for await (const line of wholeLines(join(folders.ledger, `${file}.ledger`))) {
    const read = broken ? null : decodeLine(keys, head.link, line);
    if (read === null) {
      broken = true;
      continue;
    }
    head = { entries: head.entries + 1, link: read.link };
    check();
    yield { file, told: read.told, head };
  }
  if (wanted.size > 0) throw new LedgerBroken(broken ? "changed" : "cut-off");
}

/**
 * Every line of every file, each file from its beginning. Checked against the heads in the place apart and against
 * `known`, another set of heads: whatever those have seen must still be there, unchanged.
 */
export async function* readLedger(
  folders: LedgerFolders,
  keys: LedgerKeys,
  known: Heads,
): AsyncGenerator<ReadLine> {
  // Heads first: a file that grows meanwhile is longer than its head, never shorter.
  const apart = await readHeads(folders.heads, keys);
  const files = (await namesIn(folders.ledger)).flatMap((name) => NAME.exec(name)?.[1] ?? []);
  for (const [file, head] of [...apart, ...Object.entries(known)]) {
    // A file that was announced and died before its first fact may not be there.
    if (head.entries > 0 && !files.includes(file)) throw new LedgerBroken("cut-off");
  }
  for (const file of files) {
    const there = known[file];
    const head = apart.get(file) ?? (await readHeads(folders.heads, keys)).get(file);
    try {
      yield* readFile(
        folders,
        keys,
        file,
        [head, there].flatMap((each) => each ?? []),
      );
    } catch (failure) {
      if (isErrno(failure, "ENOENT")) throw new LedgerBroken("cut-off");
      throw failure;
    }
    if (head === undefined) throw new LedgerBroken("head-missing");
  }
}
