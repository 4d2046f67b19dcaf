import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { LedgerBroken } from "../../../ports/erasure-ledger.ts";
import { isErrno } from "../files.ts";
import { type LedgerHead, namesIn, readHeads } from "./ledger-heads.ts";
import type { LedgerKeys } from "./ledger-keys.ts";
import { decodeLine, firstLink } from "./ledger-line.ts";
import type { LedgerFolders } from "./ledger-writer.ts";

/** Where each file of the ledger stood, by name. */
export type Heads = Readonly<Record<string, LedgerHead>>;

/** Up to where a file was read and its chain held. */
export interface ReadUpTo {
  readonly head: LedgerHead;
  readonly bytes: number;
}

export interface ReadLine extends ReadUpTo {
  readonly file: string;
  /** What it tells. */
  readonly text: string;
}

const NAME = /^([\da-f-]{36})\.ledger$/;

/** Whole lines, many at a time; what follows the last line break was cut off by a crash and never acknowledged. */
async function* wholeLines(path: string, start: number): AsyncGenerator<readonly string[]> {
  let rest = "";
  for await (const chunk of createReadStream(path, { encoding: "utf8", start }) as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield lines;
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
  from: ReadUpTo,
  atLeast: readonly LedgerHead[],
): AsyncGenerator<readonly ReadLine[]> {
  const path = join(folders.ledger, `${file}.ledger`);
  if ((await stat(path)).size < from.bytes) throw new LedgerBroken("cut-off");
  let { head, bytes } = from;
  const ahead = atLeast.filter(({ entries }) => entries >= head.entries);
  const wanted = new Map(ahead.map(({ entries, link }) => [entries, link]));
  const check = (): void => {
    const link = wanted.get(head.entries);
    if (link !== undefined && link !== head.link) throw new LedgerBroken("changed");
    wanted.delete(head.entries);
  };
  check();
  let broken = false;
  for await (const lines of wholeLines(path, bytes)) {
    const read: ReadLine[] = [];
    for (const line of lines) {
      const decoded = broken ? null : decodeLine(keys, head.link, line);
      if (decoded === null) {
        broken = true;
        continue;
      }
      head = { entries: head.entries + 1, link: decoded.link };
      bytes += Buffer.byteLength(line) + 1;
      check();
      read.push({ file, text: decoded.text, head, bytes });
    }
    yield read;
  }
  if (wanted.size > 0) throw new LedgerBroken(broken ? "changed" : "cut-off");
}

const NOTHING_READ: ReadonlyMap<string, ReadUpTo> = new Map();

/**
 * The lines of every file, many at a time, each file from its beginning or from where it was read `upTo` before. Checked
 * against the heads in the place apart and against `known`, another set of heads: whatever those have seen must still be
 * there, unchanged.
 */
export async function* readLedger(
  folders: LedgerFolders,
  keys: LedgerKeys,
  known: Heads = {},
  upTo = NOTHING_READ,
): AsyncGenerator<readonly ReadLine[]> {
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
    const from = upTo.get(file) ?? { head: { entries: 0, link: firstLink(keys, file) }, bytes: 0 };
    try {
      yield* readFile(
        folders,
        keys,
        file,
        from,
        [head, there].flatMap((each) => each ?? []),
      );
    } catch (failure) {
      if (isErrno(failure, "ENOENT")) throw new LedgerBroken("cut-off");
      throw failure;
    }
    if (head === undefined) throw new LedgerBroken("head-missing");
  }
}
