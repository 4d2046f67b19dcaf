// What it takes to rotate keys under load: a store full of encrypted values, people who use the service meanwhile, and
// a command that can be killed half-way.
import { makeSealer } from "../../src/adapters/crypto/sealer.ts";
import type { AuditEntry } from "../../src/domain/audit/audit-entry.ts";
import {
  keyOfSealed,
  SEALED_COLLECTIONS,
  type SealedRecord,
  sealedValues,
} from "../../src/domain/personal-data/sealed-fields.ts";
import type { Write } from "../../src/domain/shared/changes.ts";
import type { AuditEntryId } from "../../src/domain/shared/ids.ts";
import type { Readers, Store } from "../../src/ports/store.ts";
import { type Environment, spawnCli } from "./process.ts";
import { changes, record } from "./records.ts";
import { clearText, sealedRecords, subjectsOf } from "./sealed-records.ts";

export const OLD_KEY = "the secret key of last year, 32 bytes and more";
export const NEW_KEY = "the secret key of this year, 32 bytes and more";

/** A thread whose authors' names are encrypted. */
export const THREAD = "/posts/engines";
const COMMENTS = 40;
const RECORDS_A_COMMIT = 200;

export interface Filled {
  /** Clear text of each record, by collection and key. */
  readonly clear: ReadonlyMap<string, string>;
  /** Names of the authors in the thread. */
  readonly names: readonly string[];
}

const placeOf = (each: SealedRecord): string => `${each.collection} ${keyOfSealed(each)}`;

export type OpenStore = () => Promise<Store>;

/** Fills a new store with `count` values encrypted under the old key, and a thread of comments. */
export const fillWithSealed = async (open: OpenStore, count: number): Promise<Filled> => {
  const store = await open();
  try {
    await store.migrator.up();
    const sealer = makeSealer({ current: OLD_KEY, previous: null });
    const clear = new Map<string, string>();
    const names: string[] = [];
    for (let from = 0; from < count; from += RECORDS_A_COMMIT) {
      const records = sealedRecords(sealer, Math.min(RECORDS_A_COMMIT, count - from), from);
      const writes: Write[] = [
        ...subjectsOf(records).map((row) => ({ op: "insert", into: "subjects", row }) as const),
        ...records.map(({ collection, row }) => ({ op: "insert", into: collection, row }) as Write),
      ];
      for (const [index, each] of records.entries()) {
        clear.set(placeOf(each), clearText(from + index));
        if (each.collection !== "identities" || names.length === COMMENTS) continue;
        names.push(clearText(from + index));
        const row = record("comments", { thread: THREAD, subject_id: each.row.subject_id });
        writes.push({ op: "insert", into: "comments", row });
      }
      const [verdict] = await store.groups.commitGroup([changes(writes)]);
      if (verdict?.type !== "stored") throw new Error(`the store was not filled: ${verdict?.type}`);
    }
    return { clear, names };
  } finally {
    await store.close();
  }
};

export interface Found {
  /** Values under each of the two keys. */
  readonly old: number;
  readonly current: number;
  /** What is wrong with the values of `filled`, in words; empty when nothing is. */
  readonly wrong: readonly string[];
  /** Versions of the records of `filled`. */
  readonly versions: ReadonlySet<number>;
  /** How often the trail tells that a rotation was finished. */
  readonly finished: number;
}

const PAGE = 1_000;

const finishedIn = async ({ audit }: Readers): Promise<number> => {
  let finished = 0;
  for (let after: AuditEntryId | null = null; ; ) {
    const entries: readonly AuditEntry[] = await audit.list(after, PAGE);
    finished += entries.filter(({ action }) => action === "keys.rotation_finished").length;
    const last = entries.at(-1);
    if (last === undefined) return finished;
    after = last.id;
  }
};

/** Looks at every encrypted value behind the service's back, with the new key alone. */
export const lookAtSealed = async (open: OpenStore, { clear }: Filled): Promise<Found> => {
  const sealer = makeSealer({ current: NEW_KEY, previous: null });
  const old = makeSealer({ current: OLD_KEY, previous: null }).keyIds.current;
  const store = await open();
  const found = { finished: 0, old: 0, current: 0, wrong: [] as string[], versions: new Set<number>() };
  const missing = new Set(clear.keys());
  try {
    for (const collection of SEALED_COLLECTIONS) {
      const rows = await store.readers.sealedFields.walk(collection, null, 1_000_000);
      for (const each of rows.map((row) => ({ collection, row }) as SealedRecord)) {
        const place = placeOf(each);
        missing.delete(place);
        if (clear.has(place)) found.versions.add(each.row.version);
        for (const { sealed, context } of sealedValues(each)) {
          if (sealer.keyIdOf(sealed) === old) {
            found.old += 1;
            continue;
          }
          found.current += 1;
          const text = sealer.open(sealed, context);
          if ((clear.get(place) ?? text) !== text) found.wrong.push(`${place} holds something else`);
        }
      }
    }
    found.finished = await finishedIn(store.readers);
  } finally {
    await store.close();
  }
  return { ...found, wrong: [...found.wrong, ...[...missing].map((place) => `${place} is gone`)] };
};

/** Runs `keys rotate`, and kills it with SIGKILL once it says that it has encrypted so many values anew. */
export const rotateAndKill = async (settings: Environment, values: number): Promise<void> => {
  const child = spawnCli(settings, "keys", "rotate");
  let said = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stderr) {
    said += decoder.decode(chunk, { stream: true });
    const anew = [...said.matchAll(/(\d+) values encrypted anew/g)].map(([, count]) => Number(count));
    if (anew.some((count) => count >= values)) child.kill("SIGKILL");
  }
  await child.exited;
  if (child.signalCode !== "SIGKILL") throw new Error(`the rotation ended before it was killed: ${said}`);
};
