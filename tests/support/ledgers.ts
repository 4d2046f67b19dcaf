import { afterEach, beforeEach } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FileLedger, openLedger } from "../../src/adapters/backup/ledger/open-ledger.ts";
import { makeSealer } from "../../src/adapters/crypto/sealer.ts";

export const LEDGER_SECRET = "a secret key for tests only, long enough";

/** A folder anew for every test of a file, and ledgers in it that are closed after each. */
export const ledgersOfEachTest = () => {
  let folder = "";
  let opened: FileLedger[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gonogo-ledger-"));
    opened = [];
  });
  afterEach(async () => {
    for (const each of opened) await each.close();
    await rm(folder, { recursive: true, force: true });
  });
  const folders = () => ({ ledger: join(folder, "ledger"), heads: join(folder, "heads") });
  return {
    folder: () => folder,
    folders,
    open: (secret = LEDGER_SECRET, previous: string | null = null): FileLedger => {
      const ledger = openLedger({ folders: folders(), sealer: makeSealer({ current: secret, previous }) });
      opened.push(ledger);
      return ledger;
    },
  };
};
