import { auditEntry, type Occasion, SYSTEM } from "../../domain/audit/audit-entry.ts";
import {
  resealWrite,
  SEALED_COLLECTIONS,
  type SealedCollection,
  type SealedRecord,
  type SealedValue,
  sealedValues,
} from "../../domain/personal-data/sealed-fields.ts";
import type { Write } from "../../domain/shared/changes.ts";
import { SealBroken, type Sealer } from "../../ports/secrets.ts";
import type { Deps } from "../deps.ts";
import { noCounts, type SealedCounts } from "./count-sealed.ts";
import { type SealedPage, sealedPage } from "./sealed-page.ts";

/** Records a commit at most: others that write need not wait for long. */
const BATCH = 100;
/** How often a single record that keeps moving is read again before it is left to the next pass. */
const ATTEMPTS = 20;
/** The first pass encrypts, the next finds nothing left; one more for what moved too often. */
const PASSES = 3;

export type RotateDeps = Pick<Deps, "unitOfWork" | "clock" | "ids" | "sealer"> & {
  readonly readers: Pick<Deps["readers"], "sealedFields">;
  readonly policies: Pick<Deps["policies"], "retention">;
};

export interface RotationProgress {
  readonly collection: SealedCollection;
  /** True when everything has been encrypted anew and is gone through again. */
  readonly verifying: boolean;
  /** Records looked at in this pass. */
  readonly seen: number;
  /** Values encrypted anew by this run. */
  readonly rewrapped: number;
}

export interface RotationReport {
  /**
   * `verified`: every value was seen under the current key and opened; no other key is needed. `unreadable`: some open
   * under no key that is here. `still-written`: values under another key kept coming, so an instance still uses it.
   */
  readonly outcome: "verified" | "unreadable" | "still-written";
  readonly rewrapped: number;
  /** What the last pass saw under the current key. */
  readonly values: SealedCounts;
  readonly unreadable: SealedCounts;
}

interface Pass {
  readonly values: Record<SealedCollection, number>;
  readonly unreadable: Record<SealedCollection, number>;
  /** Values that were met under another key. */
  strays: number;
}

interface Examined {
  readonly write: Write | null;
  readonly values: number;
  readonly strays: number;
  readonly unreadable: number;
}

const opened = (sealer: Sealer, { sealed, context }: SealedValue): string | null => {
  try {
    return sealer.open(sealed, context);
  } catch (failure) {
    if (failure instanceof SealBroken) return null;
    throw failure;
  }
};

/** What is to be written of a record: those of its values that stand under another key, encrypted anew. */
const examine = ({ sealer, clock }: RotateDeps, record: SealedRecord): Examined => {
  let [values, unreadable] = [0, 0];
  const anew: Pick<SealedValue, "field" | "sealed">[] = [];
  for (const value of sealedValues(record)) {
    const clear = opened(sealer, value);
    if (clear === null) unreadable += 1;
    else if (sealer.keyIdOf(value.sealed) === sealer.keyIds.current) values += 1;
    else anew.push({ field: value.field, sealed: sealer.seal(clear, value.context) });
  }
  const write = anew.length === 0 ? null : resealWrite(record, anew, clock.now());
  return { write, values, strays: anew.length, unreadable };
};

const sum = (examined: readonly Examined[], what: "values" | "strays" | "unreadable"): number =>
  examined.reduce((total, each) => total + each[what], 0);

const occasionOf = ({ clock, ids, policies }: RotateDeps): Occasion => ({
  now: clock.now(),
  actor: SYSTEM,
  audit_id: ids.next(),
  retention: policies.retention,
});

/** False when one of the records has moved: then none was written. */
const store = async (
  deps: RotateDeps,
  collection: SealedCollection,
  writes: readonly Write[],
): Promise<boolean> => {
  const details = { collection, records: writes.length, key_id: deps.sealer.keyIds.current };
  const committed = await deps.unitOfWork.commit({
    expects: [],
    writes,
    audit: [auditEntry("keys.rewrapped", null, details, occasionOf(deps))],
  });
  return committed.ok;
};

/** Goes through a collection once. What moved between reading and writing is read again, in ever smaller batches. */
const goThrough = async (
  deps: RotateDeps,
  collection: SealedCollection,
  pass: Pass,
  onBatch: (seen: number, rewrapped: number) => void,
): Promise<void> => {
  let after: string | null = null;
  let size = BATCH;
  let refused = 0;
  for (;;) {
    const { records, next }: SealedPage = await sealedPage(
      deps.readers.sealedFields,
      collection,
      after,
      size,
    );
    const examined = records.map((record) => examine(deps, record));
    const writes = examined.flatMap(({ write }) => (write === null ? [] : [write]));
    const stored = writes.length === 0 || (await store(deps, collection, writes));
    if (!stored && (size > 1 || refused < ATTEMPTS)) {
      refused += 1;
      size = Math.max(1, size >> 1);
      continue;
    }
    pass.values[collection] += sum(examined, "values");
    pass.unreadable[collection] += sum(examined, "unreadable");
    pass.strays += sum(examined, "strays");
    onBatch(records.length, stored ? sum(examined, "strays") : 0);
    if (next === null) return;
    after = next;
    size = BATCH;
    refused = 0;
  }
};

/**
 * Encrypts every value that stands under another key anew under the current one, while the service serves, and then
 * goes through all of them again to see that none is left and each opens. Which are done stands in the values
 * themselves: killed at any moment, it is run again and goes on. Rejects with StorageFailure.
 */
export const rotateKeys = async (
  deps: RotateDeps,
  onProgress: (progress: RotationProgress) => void = () => undefined,
): Promise<RotationReport> => {
  let rewrapped = 0;
  for (let number = 1; ; number += 1) {
    const pass: Pass = { values: noCounts(), unreadable: noCounts(), strays: 0 };
    let seen = 0;
    for (const collection of SEALED_COLLECTIONS) {
      await goThrough(deps, collection, pass, (records, anew) => {
        seen += records;
        rewrapped += anew;
        onProgress({ collection, verifying: number > 1, seen, rewrapped });
      });
    }
    const { values, unreadable } = pass;
    if (pass.strays > 0 && number < PASSES) continue;
    if (pass.strays > 0) return { outcome: "still-written", rewrapped, values, unreadable };
    if (Object.values(unreadable).some((count) => count > 0))
      return { outcome: "unreadable", rewrapped, values, unreadable };
    const details = { key_id: deps.sealer.keyIds.current, values, rewrapped };
    const committed = await deps.unitOfWork.commit({
      expects: [],
      writes: [],
      audit: [auditEntry("keys.rotation_finished", null, details, occasionOf(deps))],
    });
    if (!committed.ok) throw new Error("an entry alone contradicts nothing");
    return { outcome: "verified", rewrapped, values, unreadable };
  }
};
