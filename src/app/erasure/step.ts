import { distinctiveNeedles, type Needle } from "../../domain/anonymization/mentions.ts";
import type { Erasure, ErasureCounts, ErasureStep, ErasureWork } from "../../domain/erasure/erasure.ts";
import { nextStep } from "../../domain/erasure/erasure.ts";
import type { Collection, Records } from "../../domain/personal-data/records.ts";
import type { Subject } from "../../domain/roles/subject.ts";
import type { Write } from "../../domain/shared/changes.ts";
import type { Deps } from "../deps.ts";
import { hashed } from "./erasure-work.ts";

export type EraseDeps = Pick<
  Deps,
  | "readers"
  | "unitOfWork"
  | "clock"
  | "ids"
  | "sealer"
  | "signer"
  | "blindIndexer"
  | "pseudonymiser"
  | "documents"
  | "ledger"
  | "policies"
  | "recipients"
  | "refreshRecipients"
  | "physicalErasure"
  | "ownedFiles"
  | "auditLog"
  | "auditSeals"
>;

/** What every step stands on. */
export interface StepContext {
  readonly deps: EraseDeps;
  readonly erasure: Erasure;
  readonly subject: Subject;
  readonly work: ErasureWork;
}

/** A record that would go or change: what a legal hold could be on. */
export interface Touched {
  readonly id: string;
  readonly subject_id: Subject["id"] | null;
}

/** What one batch of a step comes to. */
export interface Batch {
  readonly writes: readonly Write[];
  readonly touched: readonly Touched[];
  readonly counted: ErasureCounts;
  readonly work: ErasureWork;
  readonly step: ErasureStep;
  readonly cursor: string | null;
}

export type Step = (context: StepContext) => Promise<Batch>;

/** Collects what a batch writes, counts and hashes. */
export interface BatchMaker {
  /** Adds what becomes of one record; nothing when null. `removed`: nothing of it, or of its text, is left. */
  add<C extends Collection>(collection: C, row: Records[C], write: Write | null): void;
  change(work: (before: ErasureWork) => ErasureWork): void;
  readonly size: () => number;
  /** Ends it: goes on with this step after `cursor`, or with the next step when it is "next". */
  end(goesOn: { readonly cursor: string | null } | "next"): Batch;
}

const subjectOf = (row: object): Subject["id"] | null =>
  (row as { readonly subject_id?: Subject["id"] | null }).subject_id ?? null;

/** Of a comment without its text nothing is left but its place. */
const removesText = (write: Write): boolean =>
  write.op === "update" && write.in === "comments" && write.set.content === "";

export const makeBatch = ({ deps, erasure, work: before }: StepContext): BatchMaker => {
  const writes: Write[] = [];
  const touched: Touched[] = [];
  const counted: Record<string, { removed: number; anonymised: number }> = {};
  let work = before;
  return {
    add: (collection, row, write) => {
      if (write === null) return;
      writes.push(write);
      const id = "id" in row ? row.id : row.key;
      touched.push({ id, subject_id: subjectOf(row) });
      counted[collection] ??= { removed: 0, anonymised: 0 };
      const count = counted[collection];
      if (write.op === "delete" || removesText(write)) count.removed += 1;
      else count.anonymised += 1;
      work = hashed(deps, work, row);
    },
    change: (next) => {
      work = next(work);
    },
    size: () => writes.length,
    end: (goesOn) => ({
      writes,
      touched,
      counted,
      work,
      step: goesOn === "next" ? nextStep(erasure.step) : erasure.step,
      cursor: goesOn === "next" ? null : goesOn.cursor,
    }),
  };
};

/** What is looked for in whatever others wrote. */
export const needlesOf = (work: ErasureWork): readonly Needle[] => distinctiveNeedles(work.values);

/** Records that are read at once; most writes of a batch. */
export const PAGE = 200;
export const WRITES_MAX = 200;
/** Pages without anything to write before where it stands is stored. */
const QUIET_PAGES = 25;

/** Lets requests be answered in between: a store in this process reads without ever yielding. */
export const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/**
 * Goes through a collection from the cursor on, until a page had something to write, or for so many pages. `examine`
 * answers the writes for one record.
 */
export const walking = async <C extends Collection>(
  context: StepContext,
  collection: C,
  keyOf: (row: Records[C]) => string,
  examine: (row: Records[C]) => Write | null | Promise<Write | null>,
): Promise<Batch> => {
  const batch = makeBatch(context);
  let { cursor } = context.erasure;
  for (let page = 0; page < QUIET_PAGES && batch.size() === 0; page += 1) {
    const rows = await context.deps.readers.records.walk(collection, cursor, PAGE);
    for (const row of rows) batch.add(collection, row, await examine(row));
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return batch.end("next");
    cursor = keyOf(last);
    await breathe();
  }
  return batch.end({ cursor });
};
