import { type Needle, speaksOf } from "../../domain/anonymization/mentions.ts";
import { rareExcerptsOf } from "../../domain/anonymization/quotations.ts";
import { judged } from "../../domain/erasure/findings.ts";
import { CATALOGUE } from "../../domain/personal-data/catalogue.ts";
import { COLLECTIONS, type Collection, keyField, type Records } from "../../domain/personal-data/records.ts";
import {
  SEALED_COLLECTIONS,
  type SealedRecord,
  sealedValues,
} from "../../domain/personal-data/sealed-fields.ts";
import { SealBroken } from "../../ports/secrets.ts";
import { breathe, needlesOf, PAGE, type StepContext } from "./step.ts";

/** What looks like a person's but never is: the vault of others, keys, and what this very erasure works with. */
const NOT_OPENED: ReadonlySet<Collection> = new Set(["identities", "keys", "erasures"]);
/** What she asked for anew since, as a new person, is no residue. */
const MAY_BE_NEW: ReadonlySet<Collection> = new Set([
  "sign_in_links",
  "outgoing_mails",
  "idempotent_answers",
]);

/** How many records speak of her in which field: what should be gone, and what stays by right. */
export interface Sighted {
  readonly residue: Map<string, number>;
  readonly retained: Map<string, number>;
}

export const count = (places: Map<string, number>, place: string): void =>
  void places.set(place, (places.get(place) ?? 0) + 1);

type Fields = readonly (readonly [field: string, value: unknown])[];

/** Encrypted fields of a record in the clear. */
const opened = ({ deps }: StepContext, collection: Collection, row: object): Fields => {
  if (NOT_OPENED.has(collection) || !(SEALED_COLLECTIONS as readonly string[]).includes(collection))
    return [];
  return sealedValues({ collection, row } as SealedRecord).flatMap(({ field, sealed, context }) => {
    try {
      return [[field, deps.sealer.open(sealed, context)] as const];
    } catch (failure) {
      if (failure instanceof SealBroken) return [];
      throw failure;
    }
  });
};

/** Her own request, also one that nobody knew the person of and that came from her address. */
const isHerRequest = ({ subject, work }: StepContext, row: object, clear: Fields): boolean => {
  const { channel, subject_id } = row as Partial<Records["privacy_requests"]>;
  if (channel === undefined || subject_id === undefined) return false;
  if (subject_id !== null) return subject_id === subject.id;
  return clear.some(
    ([field, value]) => field === "contact" && work.values.addresses.includes(value as string),
  );
};

/**
 * Whether the words that were removed still stand where the erasure removed them: a few in a row in what was hers and in
 * replies to it, so many that nobody else wrote them in any comment. Elsewhere the same words are somebody else's own.
 */
const quotesHer = async (
  { deps, work }: StepContext,
  collection: Collection,
  row: Records[Collection],
  value: string,
  rare: readonly Needle[],
): Promise<boolean> => {
  if (collection === "outgoing_mails") return speaksOf(value, needlesIn(work.quoted));
  if (collection !== "comments") return false;
  if (speaksOf(value, rare)) return true;
  if (!speaksOf(value, needlesIn(work.excerpts))) return false;
  const { subject_id, parent_id } = row as Records["comments"];
  const hers = work.anonymous.comments;
  if (subject_id === hers || parent_id === null) return subject_id === hers;
  return (await deps.readers.comments.byId(parent_id))?.comment.subject_id === hers;
};

const needlesIn = (passages: readonly string[]): readonly Needle[] =>
  passages.map((passage) => passage.split(" "));

/** The fields of a record that speak of her, in the clear or opened, or still carry her id where it should be gone. */
const look = async (
  context: StepContext,
  collection: Collection,
  row: Records[Collection],
  { needles, rare }: { readonly needles: readonly Needle[]; readonly rare: readonly Needle[] },
  sighted: Sighted,
): Promise<void> => {
  const rules = CATALOGUE[collection].fields as Readonly<Record<string, { readonly erasure: string }>>;
  const fields: Fields = Object.entries(row);
  const clear = opened(context, collection, row);
  const sealed = new Set(clear.map(([field]) => field));
  const hers = isHerRequest(context, row, clear);
  for (const [field, value] of fields) {
    const carries =
      value === context.subject.id &&
      rules[field]?.erasure !== "keep" &&
      field !== keyField(collection) &&
      // The request that asked for this stays hers until she was looked for.
      !("hindrance" in row && row.state === "running");
    if (carries) count(sighted.residue, `${collection}.${field}`);
  }
  for (const [field, value] of [...fields.filter(([each]) => !sealed.has(each)), ...clear]) {
    if (typeof value !== "string") continue;
    if (!speaksOf(value, needles) && !(await quotesHer(context, collection, row, value, rare))) continue;
    const standing = judged({ collection, field, row, hers }, context.erasure.created_at);
    if (standing !== null) count(sighted[standing], `${collection}.${field}`);
  }
};

/** Goes through every record there is. */
export const eachRecord = async (
  { deps }: Pick<StepContext, "deps">,
  visit: (collection: Collection, row: Records[Collection]) => Promise<void> | void,
): Promise<void> => {
  for (const collection of COLLECTIONS) {
    let after: string | null = null;
    for (;;) {
      const rows: readonly Records[Collection][] = await deps.readers.records.walk(collection, after, PAGE);
      for (const row of rows) await visit(collection, row);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) break;
      after = "id" in last ? last.id : last.key;
      await breathe();
    }
  }
};

export const lookAtRecords = async (context: StepContext): Promise<Sighted> => {
  const wanted = { needles: needlesOf(context.work), rare: needlesIn(rareExcerptsOf(context.work.removed)) };
  const sighted: Sighted = { residue: new Map(), retained: new Map() };
  await eachRecord(context, async (collection, row) => {
    if (MAY_BE_NEW.has(collection) && row.created_at >= context.erasure.created_at) return;
    await look(context, collection, row, wanted, sighted);
  });
  return sighted;
};
