import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { isErrno, makeFolder, syncFolder } from "../files.ts";
import type { LedgerKeys } from "./ledger-keys.ts";

/** How long a file of the ledger was, and where its chain stood. */
export interface LedgerHead {
  readonly entries: number;
  readonly link: string;
}

/** Room for thirty heads. */
const BLOCK = 4_096;

const NAME = /^([\da-f-]{36})\.head$/;

const lineOf = (keys: LedgerKeys, file: string, { entries, link }: LedgerHead): string => {
  const text = `${entries} ${link}`;
  return `${text} ${keys.prove(`head ${keys.id} ${file} ${text}`)}\n`;
};

/** Keeps the head of one file in a place apart: a line more with every group of facts. */
export interface HeadWriter {
  write(head: LedgerHead): Promise<void>;
  close(): Promise<void>;
}

export const openHead = async (
  directory: string,
  keys: LedgerKeys,
  file: string,
  beginning: LedgerHead,
): Promise<HeadWriter> => {
  await makeFolder(directory);
  const handle: FileHandle = await open(join(directory, `${file}.head`), "ax", 0o600);
  const write = async (head: LedgerHead): Promise<void> => {
    await handle.appendFile(lineOf(keys, file, head));
    await handle.datasync();
  };
  await write(beginning);
  await syncFolder(directory);
  return { write, close: () => handle.close() };
};

/** Lines of a file with its last ones first, read from its end so far as they are wanted. */
async function* linesBackwards(path: string): AsyncGenerator<string> {
  const file = await open(path, "r");
  try {
    let rest = "";
    for (let end = (await file.stat()).size; end > 0; ) {
      const start = Math.max(0, end - BLOCK);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
      const lines = (buffer.toString("latin1", 0, bytesRead) + rest).split("\n");
      // Its beginning may lie before the block.
      rest = lines.shift() ?? "";
      yield* lines.toReversed();
      end = start;
    }
    yield rest;
  } finally {
    await file.close();
  }
}

const lastHead = async (path: string, keys: LedgerKeys, file: string): Promise<LedgerHead | null> => {
  for await (const line of linesBackwards(path)) {
    const [entries = "", link = ""] = line.split(" ");
    const head: LedgerHead = { entries: Number(entries), link };
    if (`${line}\n` === lineOf(keys, file, head)) return head;
  }
  return null;
};

/** The last head that was proven of every file. A line cut off by a crash says nothing. */
export const readHeads = async (
  directory: string,
  keys: LedgerKeys,
): Promise<ReadonlyMap<string, LedgerHead>> => {
  const heads = new Map<string, LedgerHead>();
  for (const name of await namesIn(directory)) {
    const file = NAME.exec(name)?.[1];
    if (file === undefined) continue;
    const head = await lastHead(join(directory, name), keys, file);
    if (head !== null) heads.set(file, head);
  }
  return heads;
};

export const namesIn = async (directory: string): Promise<readonly string[]> => {
  try {
    return (await readdir(directory)).toSorted();
  } catch (failure) {
    if (isErrno(failure, "ENOENT")) return [];
    throw failure;
  }
};
