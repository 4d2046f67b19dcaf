import type { Spelling } from "../../domain/anonymization/find-bytes.ts";
import { type Needle, speaksOf } from "../../domain/anonymization/mentions.ts";
import { rareExcerptsOf } from "../../domain/anonymization/quotations.ts";
import type { AuditEntry } from "../../domain/audit/audit-entry.ts";
import type { ErasureWork } from "../../domain/erasure/erasure.ts";
import { type Findings, mayStand } from "../../domain/erasure/findings.ts";
import { userHashes } from "./last-steps.ts";
import { count, eachRecord, lookAtRecords, type Sighted } from "./look-at-records.ts";
import { spellingsOf } from "./spellings.ts";
import { breathe, needlesOf, PAGE, type StepContext } from "./step.ts";

const removedNeedles = (work: ErasureWork): readonly Needle[] =>
  [...rareExcerptsOf(work.removed), ...work.excerpts].map((passage) => passage.split(" "));

const eachEntry = async ({ deps }: StepContext, visit: (entry: AuditEntry) => void): Promise<void> => {
  for (let after: AuditEntry["id"] | null = null; ; ) {
    const entries: readonly AuditEntry[] = await deps.readers.audit.list(after, PAGE);
    for (const entry of entries) visit(entry);
    const last = entries.at(-1);
    if (last === undefined || entries.length < PAGE) return;
    after = last.id;
    await breathe();
  }
};

/** Entries that still say that it was she: what they tell is in fixed words, and speaks of nobody. */
const inTrail = async (context: StepContext): Promise<number> => {
  const hashes = new Set<string>(await userHashes(context.deps, context.subject.id));
  let found = 0;
  await eachEntry(context, ({ user_id_hash }) => {
    if (user_id_hash !== null && hashes.has(user_id_hash)) found += 1;
  });
  return found;
};

/**
 * Spellings that stand in no record as it is. What does stand in one has been looked at there, and may stay: bytes
 * cannot tell it from what is left of another.
 */
const unexplained = async (
  context: StepContext,
  spellings: readonly Spelling[],
  retained: Sighted["retained"],
): Promise<readonly Spelling[]> => {
  const identifying = new Set(spellingsOf({ ...context.work, fragments: [] }).map(({ text }) => text));
  const left = new Set(spellings);
  const stand = new Map<string, number>();
  const explain = (value: string): readonly Spelling[] => {
    const lower = value.toLowerCase();
    const here = spellings.filter(({ text }) => text !== "" && lower.includes(text.toLowerCase()));
    for (const spelling of here) left.delete(spelling);
    return here;
  };
  await eachEntry(context, ({ details }) => void explain(details ?? ""));
  await eachRecord(context, (collection, row) => {
    for (const [field, value] of Object.entries(row)) {
      if (typeof value !== "string" || !mayStand(collection, field)) continue;
      const here = explain(value);
      if (here.some(({ text }) => identifying.has(text))) count(stand, `${collection}.${field}`);
    }
  });
  for (const [place, records] of stand) retained.set(place, Math.max(records, retained.get(place) ?? 0));
  return [...left];
};

export interface Looked {
  /** Where she was found and should be gone; empty: nowhere. */
  readonly places: Findings;
  /** Where somebody else's words speak of her and stay by right. */
  readonly retained: Findings;
  /** False: old pages are still in use, so there was no point in looking. */
  readonly complete: boolean;
}

const INCOMPLETE: Looked = { places: {}, retained: {}, complete: false };

/**
 * Looks for the person: in every column of every collection with what is encrypted opened, in the audit trail, in the
 * files or tables of the store as they are, in the outbox, the logs and whatever else the service keeps.
 */
export const lookForHer = async (context: StepContext): Promise<Looked> => {
  const { deps, work } = context;
  await deps.ownedFiles.eraseMails(
    (text) =>
      work.values.addresses.some((address) => text.includes(address)) ||
      speaksOf(text, [...needlesOf(work), ...removedNeedles(work)]),
  );
  const spellings = spellingsOf(work);
  if (!(await deps.physicalErasure.scrub(false)).complete) return INCOMPLETE;
  const { residue, retained } = await lookAtRecords(context);
  const looked = (): Looked => ({
    places: Object.fromEntries(residue),
    retained: Object.fromEntries(retained),
    complete: true,
  });
  const unlinked = await inTrail(context);
  if (unlinked > 0) residue.set("audit_entries.user_id_hash", unlinked);
  for (const kind of await deps.ownedFiles.find(spellings)) count(residue, kind);
  if (residue.size > 0 || (await deps.physicalErasure.find(spellings)).length === 0) return looked();
  // In what is left of a page that was rebuilt, which rewriting everything takes away, or in a record that may stay.
  if (!(await deps.physicalErasure.scrub(true)).complete) return INCOMPLETE;
  const left = await unexplained(context, spellings, retained);
  for (const place of await deps.physicalErasure.find(left)) count(residue, place);
  return looked();
};
