import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { LedgerFact } from "../../../ports/erasure-ledger.ts";
import { syncFolder } from "../files.ts";
import { type HeadWriter, type LedgerHead, openHead } from "./ledger-heads.ts";
import type { LedgerKeys } from "./ledger-keys.ts";
import { encodeLine, firstLink, type ToldLine } from "./ledger-line.ts";
import { writeValues } from "./ledger-values.ts";

export interface LedgerFolders {
  readonly ledger: string;
  /** A second place for the heads of the files. */
  readonly heads: string;
}

export interface LedgerWriter {
  /** Resolves once the facts are on disk. Facts that come while others are written are written together. */
  append(facts: readonly LedgerFact[]): Promise<void>;
  close(): Promise<void>;
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly name: string;
  readonly headWriter: HeadWriter;
  head: LedgerHead;
}

interface Waiting {
  readonly facts: readonly LedgerFact[];
  readonly resolve: () => void;
  readonly reject: (failure: unknown) => void;
}

const openFile = async (folders: LedgerFolders, keys: LedgerKeys): Promise<OpenFile> => {
  const name = Bun.randomUUIDv7();
  const head: LedgerHead = { entries: 0, link: firstLink(keys, name) };
  // First of all the place apart knows that there is such a file: it cannot vanish unseen.
  const headWriter = await openHead(folders.heads, keys, name, head);
  const handle = await open(join(folders.ledger, `${name}.ledger`), "ax", 0o600);
  await syncFolder(folders.ledger);
  return { handle, name, headWriter, head };
};

/**
 * Writes into a file of its own, begun with the first fact: instances never write into one another's, and a line that a
 * crash cut off is followed by none.
 */
export const openWriter = (
  folders: LedgerFolders,
  keys: LedgerKeys,
  onHeadFailure: (failure: unknown) => void,
): LedgerWriter => {
  let file: OpenFile | null = null;
  let waiting: Waiting[] = [];
  let running: Promise<void> | null = null;

  const linesOf = async (facts: readonly LedgerFact[], head: LedgerHead) => {
    let { entries, link } = head;
    let text = "";
    for (const { subject, ...fact } of facts) {
      entries += 1;
      const base = { n: entries, at: fact.at, who: keys.pseudonymOf(subject) };
      const told: ToldLine =
        fact.kind === "rectification"
          ? {
              ...base,
              kind: fact.kind,
              ...(await writeValues(folders.ledger, keys, base.who, {
                identities: [...fact.identities],
                comments: [...fact.comments],
              })),
            }
          : ({ ...fact, ...base } as ToldLine);
      const encoded = encodeLine(keys, link, told);
      text += encoded.line;
      link = encoded.link;
    }
    return { text, head: { entries, link } };
  };

  const leave = async (): Promise<void> => {
    const left = file;
    file = null;
    await left?.handle.close();
    await left?.headWriter.close();
  };

  const write = async (facts: readonly LedgerFact[]): Promise<void> => {
    try {
      file ??= await openFile(folders, keys);
      const { text, head } = await linesOf(facts, file.head);
      await file.handle.appendFile(text);
      await file.handle.datasync();
      file.head = head;
    } catch (failure) {
      // What stands in it now is not known: the next fact begins another file.
      await leave();
      throw failure;
    }
    try {
      await file.headWriter.write(file.head);
    } catch (failure) {
      // The facts are safe; the place apart hears of them with the next ones.
      onHeadFailure(failure);
    }
  };

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await write(group.flatMap(({ facts }) => facts));
        for (const { resolve } of group) resolve();
      } catch (failure) {
        for (const { reject } of group) reject(failure);
      }
    }
    running = null;
  };

  return {
    append: (facts) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ facts, resolve, reject });
        running ??= run();
      }),
    close: async () => {
      await running;
      await leave();
    },
  };
};
