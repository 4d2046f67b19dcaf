import { isInForce, type LegalHold } from "../../domain/retention/legal-hold.ts";
import type { SubjectId } from "../../domain/shared/ids.ts";
import type { EraseDeps, Touched } from "./step.ts";

const firstInForce = ({ clock }: Pick<EraseDeps, "clock">, holds: readonly LegalHold[]): LegalHold | null => {
  const now = clock.now();
  return holds.find((hold) => isInForce(hold, now)) ?? null;
};

/** The hold that keeps her, or a record of hers whichever it is. */
export const holdOnHer = async (deps: EraseDeps, subject: SubjectId): Promise<LegalHold | null> => {
  const { legalHolds } = deps.readers;
  const found = await Promise.all([
    legalHolds.keeping({ subjects: [subject], records: [subject] }),
    legalHolds.onRecordsOf(subject),
  ]);
  return firstInForce(deps, found.flat());
};

/** The hold that keeps one of these records, or the person whose it is. */
export const holdOnTouched = async (
  deps: EraseDeps,
  touched: readonly Touched[],
): Promise<LegalHold | null> => {
  const subjects = [...new Set(touched.flatMap(({ subject_id }) => subject_id ?? []))];
  const records = touched.map(({ id }) => id);
  return touched.length === 0
    ? null
    : firstInForce(deps, await deps.readers.legalHolds.keeping({ subjects, records }));
};
