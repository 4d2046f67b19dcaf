// A process that does nothing but append to the erasure ledger, many callers at a time, and says the pseudonym of every
// fact that was acknowledged. Folder from the command line.
import { openLedger } from "../../../src/adapters/backup/ledger/open-ledger.ts";
import { makeSealer } from "../../../src/adapters/crypto/sealer.ts";
import type { LedgerFact } from "../../../src/ports/erasure-ledger.ts";
import { ids, NOON } from "../records.ts";
import { SECRET } from "../restoring.ts";
import { foldersOf } from "./ledger.ts";

const CALLERS = 24;

const ledger = openLedger({
  folders: foldersOf(process.argv[2] ?? ""),
  sealer: makeSealer({ current: SECRET, previous: null }),
});
// The key is there before the first caller asks.
await ledger.position(NOON);
const pseudonymOf = await ledger.pseudonyms();

const call = async (caller: number): Promise<never> => {
  for (;;) {
    const subject = ids.subject();
    const fact: LedgerFact =
      caller % 4 === 0
        ? {
            kind: "rectification",
            subject,
            at: NOON,
            identities: [{ kind: "name", value: "A name that somebody has".repeat(caller + 1) }],
            comments: [],
          }
        : { kind: "erasure", subject, at: NOON, comments: "keep_text" };
    await ledger.append([fact]);
    process.stdout.write(`${pseudonymOf(subject)}\n`);
  }
};

await Promise.all(Array.from({ length: CALLERS }, (_, caller) => call(caller)));
