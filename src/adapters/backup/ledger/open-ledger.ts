import Type from "typebox";
import Value from "typebox/value";
import { canonicalJson } from "../../../domain/shared/canonical-json.ts";
import type { CommentId } from "../../../domain/shared/ids.ts";
import type { Instant } from "../../../domain/shared/instant.ts";
import {
  type ErasureLedger,
  LedgerBroken,
  type LedgerEntry,
  type LedgerPosition,
} from "../../../ports/erasure-ledger.ts";
import type { Sealer } from "../../../ports/secrets.ts";
import { type LedgerKeys, makeKeys, readKeys, rewrapKey } from "./ledger-keys.ts";
import { momentIn, type ToldLine, toldIn } from "./ledger-line.ts";
import { destroyValues, readValues } from "./ledger-values.ts";
import { type LedgerFolders, type LedgerWriter, openWriter } from "./ledger-writer.ts";
import { type Heads, type ReadUpTo, readLedger } from "./read-ledger.ts";

export interface LedgerOptions {
  readonly folders: LedgerFolders;
  readonly sealer: Sealer;
  /** Told when the place apart could not be written; the facts are on disk all the same. */
  readonly onHeadFailure?: (failure: unknown) => void;
}

/** A ledger in a folder, for one process among several. */
export interface FileLedger extends ErasureLedger {
  /** Wraps its key under the current SECRET_KEY; false when nothing was to be done. */
  rewrap(): Promise<boolean>;
  /** Proves a text to whoever has this ledger and SECRET_KEY. Rejects with LedgerBroken when there is no ledger. */
  prove(text: string): Promise<string>;
  /** Resolves when everything that was appended is on disk. */
  close(): Promise<void>;
}

const POSITION = Type.Object({
  ledger: Type.String(),
  files: Type.Record(Type.String(), Type.Object({ entries: Type.Integer(), link: Type.String() })),
});

const parsePosition = (position: LedgerPosition): { readonly ledger: string; readonly files: Heads } => {
  try {
    return Value.Parse(POSITION, JSON.parse(position));
  } catch {
    throw new LedgerBroken("changed");
  }
};

/** Opens the ledger of a folder; nothing is made before the first fact or the first question for its position. */
export const openLedger = ({
  folders,
  sealer,
  onHeadFailure = () => undefined,
}: LedgerOptions): FileLedger => {
  let keys: Promise<LedgerKeys | null> | null = null;
  let writer: Promise<LedgerWriter> | null = null;

  const found = async (): Promise<LedgerKeys | null> => {
    keys ??= readKeys(folders.ledger, sealer);
    const there = await keys.catch((failure: unknown) => {
      keys = null;
      throw failure;
    });
    if (there === null) keys = null;
    return there;
  };
  const needed = async (): Promise<LedgerKeys> => {
    const there = await found();
    if (there === null) throw new LedgerBroken("missing");
    return there;
  };
  const begun = async (): Promise<LedgerKeys> => (await found()) ?? makeKeys(folders.ledger, sealer);
  const openedWriter = async (): Promise<LedgerWriter> => openWriter(folders, await begun(), onHeadFailure);

  /** Up to where positions have read: asked every minute, of a ledger that only grows. */
  let settled = new Map<string, ReadUpTo>();
  let settledBefore = Number.NEGATIVE_INFINITY;

  const wasErased = async (ledgerKeys: LedgerKeys, who: string): Promise<boolean> => {
    for await (const lines of readLedger(folders, ledgerKeys)) {
      if (lines.some(({ text }) => text.includes(who) && toldIn(text).kind === "erasure")) return true;
    }
    return false;
  };

  const entryOf = async (ledgerKeys: LedgerKeys, told: ToldLine): Promise<LedgerEntry> => {
    const whose = { pseudonym: told.who, at: told.at as Instant };
    if (told.kind !== "rectification") {
      const { n: _, who: __, at: ___, ...news } = told;
      return { ...news, ...whose };
    }
    const values = await readValues(folders.ledger, ledgerKeys, told);
    if (values === null && !(await wasErased(ledgerKeys, told.who))) throw new LedgerBroken("values-gone");
    return {
      ...whose,
      kind: told.kind,
      identities: values?.identities ?? [],
      comments: (values?.comments ?? []).map(({ id, content }) => ({ id: id as CommentId, content })),
    };
  };

  return {
    append: async (facts) => {
      writer ??= openedWriter();
      const opened = await writer.catch((failure: unknown) => {
        writer = null;
        throw failure;
      });
      await opened.append(facts);
    },
    pseudonyms: async () => (await needed()).pseudonymOf,
    isNew: async () => (await found()) === null,
    position: async (before) => {
      const ledgerKeys = await begun();
      if (before < settledBefore) settled = new Map();
      settledBefore = before;
      const upTo = new Map(settled);
      const past = new Set<string>();
      for await (const lines of readLedger(folders, ledgerKeys, {}, new Map(upTo))) {
        for (const { file, text, head, bytes } of lines) {
          // Times of one file may go back a little: what follows a fact that is left out is left out with it.
          if (momentIn(text) >= before) past.add(file);
          if (!past.has(file)) upTo.set(file, { head, bytes });
        }
      }
      if (settledBefore === before) settled = upTo;
      const files = Object.fromEntries([...upTo].map(([file, { head }]) => [file, head]));
      return canonicalJson({ ledger: ledgerKeys.id, files: files as never }) as string as LedgerPosition;
    },
    after: async (position) => {
      const known = position === null ? null : parsePosition(position);
      const ledgerKeys = await needed();
      if (known !== null && known.ledger !== ledgerKeys.id) throw new LedgerBroken("foreign");
      const unheard: { readonly told: ToldLine; readonly order: number }[] = [];
      for await (const lines of readLedger(folders, ledgerKeys, known?.files)) {
        for (const { file, text, head } of lines) {
          if (head.entries <= (known?.files[file]?.entries ?? 0)) continue;
          unheard.push({ told: toldIn(text), order: unheard.length });
        }
      }
      const entries: LedgerEntry[] = [];
      for (const { told } of unheard.toSorted((a, b) => a.told.at - b.told.at || a.order - b.order)) {
        entries.push(await entryOf(ledgerKeys, told));
      }
      return entries;
    },
    forget: async (subject) => {
      await destroyValues(folders.ledger, (await needed()).pseudonymOf(subject));
    },
    rewrap: () => rewrapKey(folders.ledger, sealer),
    prove: async (text) => (await needed()).prove(text),
    close: async () => {
      await (await writer?.catch(() => null))?.close();
    },
  };
};
