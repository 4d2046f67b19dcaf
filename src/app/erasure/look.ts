import { type Needle, speaksOf } from "../../domain/anonymization/mentions.ts";
import { rareExcerptsOf } from "../../domain/anonymization/quotations.ts";
import type { ErasureWork } from "../../domain/erasure/erasure.ts";
import { CATALOGUE } from "../../domain/personal-data/catalogue.ts";
import { COLLECTIONS, type Collection, keyField, type Records } from "../../domain/personal-data/records.ts";
import {
  SEAL_CONTEXTS,
  SEALED_COLLECTIONS,
  type SealedRecord,
  sealedValues,
} from "../../domain/personal-data/sealed-fields.ts";
import { SealBroken } from "../../ports/secrets.ts";
import { userHashes } from "./last-steps.ts";
import { spellingsOf } from "./spellings.ts";
import { breathe, needlesOf, PAGE, type StepContext } from "./step.ts";

/** What looks like a person's but never is: the vault of others, keys, and what this very erasure works with. */
const NOT_OPENED: ReadonlySet<Collection> = new Set(["identities", "keys", "erasures"]);
/** What she asked for anew since, as a new person, is no residue. */
const MAY_BE_NEW: ReadonlySet<Collection> = new Set([
  "sign_in_links",
  "outgoing_mails",
  "idempotent_answers",
]);

/** What other people write in: many say the same few words, and those are theirs. */
const WORDS_OF_OTHERS: ReadonlySet<string> = new Set([
  "comments.content",
  "comments.moderation_note",
  "comment_reports.reason",
  "outgoing_mails.message",
  "idempotent_answers.answer",
  ...Object.keys(SEAL_CONTEXTS.privacy_requests).map((field) => `privacy_requests.${field}`),
]);

interface Wanted {
  /** What leads to her, and what is hers wherever it stands. */
  readonly everywhere: readonly Needle[];
  /** Shorter passages of her texts as well. */
  readonly outsideOfWords: readonly Needle[];
}

const opened = ({ deps }: StepContext, collection: Collection, row: object): readonly [string, string][] => {
  if (NOT_OPENED.has(collection) || !(SEALED_COLLECTIONS as readonly string[]).includes(collection))
    return [];
  return sealedValues({ collection, row } as SealedRecord).flatMap(({ field, sealed, context }) => {
    try {
      return [[field, deps.sealer.open(sealed, context)] as [string, string]];
    } catch (failure) {
      if (failure instanceof SealBroken) return [];
      throw failure;
    }
  });
};

/** The fields of a record that speak of her, in the clear or opened, or still carry her id where it should be gone. */
const betraying = (
  context: StepContext,
  collection: Collection,
  row: Records[Collection],
  { everywhere, outsideOfWords }: Wanted,
): readonly string[] => {
  const rules = CATALOGUE[collection].fields as Readonly<Record<string, { readonly erasure: string }>>;
  const fields = Object.entries(row) as [string, unknown][];
  const sealed = opened(context, collection, row);
  const names = new Set(sealed.map(([field]) => field));
  const carries = fields.filter(
    ([field, value]) =>
      value === context.subject.id &&
      rules[field]?.erasure !== "keep" &&
      field !== keyField(collection) &&
      // The request that asked for this stays hers until she was looked for.
      !("hindrance" in row && row.state === "running"),
  );
  const speaks = [...fields, ...sealed].filter(
    ([field, value]) =>
      typeof value === "string" &&
      (!names.has(field) || sealed.some(([, clear]) => clear === value)) &&
      speaksOf(value, WORDS_OF_OTHERS.has(`${collection}.${field}`) ? everywhere : outsideOfWords),
  );
  return [...carries, ...speaks].map(([field]) => `${collection}.${field}`);
};

const needlesIn = (passages: readonly string[]): readonly Needle[] =>
  passages.map((passage) => passage.split(" "));

const wantedOf = (work: ErasureWork): Wanted => {
  const everywhere = [...needlesOf(work), ...needlesIn(rareExcerptsOf(work.removed))];
  return { everywhere, outsideOfWords: [...everywhere, ...needlesIn(work.excerpts)] };
};

interface InRecords {
  readonly places: readonly string[];
  /** Pieces of her texts that other people have written, too, as it is stored. */
  readonly shared: ReadonlySet<string>;
}

const inRecords = async (context: StepContext): Promise<InRecords> => {
  const wanted = wantedOf(context.work);
  const shared = new Set<string>();
  const places = new Set<string>();
  for (const collection of COLLECTIONS) {
    let after: string | null = null;
    for (;;) {
      const rows: readonly Records[Collection][] = await context.deps.readers.records.walk(
        collection,
        after,
        PAGE,
      );
      for (const row of rows) {
        if (MAY_BE_NEW.has(collection) && row.created_at >= context.erasure.created_at) continue;
        for (const place of betraying(context, collection, row, wanted)) places.add(place);
        for (const [field, value] of Object.entries(row)) {
          if (typeof value !== "string" || !WORDS_OF_OTHERS.has(`${collection}.${field}`)) continue;
          for (const piece of context.work.fragments) if (value.includes(piece)) shared.add(piece);
        }
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) break;
      after = "id" in last ? last.id : last.key;
      await breathe();
    }
  }
  return { places: [...places], shared };
};

const inTrail = async (context: StepContext): Promise<readonly string[]> => {
  const { deps, subject, work } = context;
  const hashes = new Set<string>(await userHashes(deps, subject.id));
  const needles = needlesOf(work);
  const places = new Set<string>();
  let after: Parameters<typeof deps.readers.audit.list>[0] = null;
  for (;;) {
    const entries = await deps.readers.audit.list(after, PAGE);
    for (const { user_id_hash, details } of entries) {
      if (user_id_hash !== null && hashes.has(user_id_hash)) places.add("audit_entries.user_id_hash");
      if (details !== null && speaksOf(details, needles)) places.add("audit_entries.details");
    }
    const last = entries.at(-1);
    if (last === undefined || entries.length < PAGE) return [...places];
    after = last.id;
    await breathe();
  }
};

export interface Looked {
  /** Columns and kinds of files where she was found; empty: nowhere. */
  readonly places: readonly string[];
  /** False: old pages are still in use, so there was no point in looking. */
  readonly complete: boolean;
}

/**
 * Looks for the person: in every column of every collection with what is encrypted opened, in the audit trail, in the
 * files or tables of the store as they are, in the outbox, the logs and whatever else the service keeps.
 */
export const lookForHer = async (context: StepContext): Promise<Looked> => {
  const { deps, work } = context;
  await deps.ownedFiles.eraseMails(
    (text) =>
      work.values.addresses.some((address) => text.includes(address)) ||
      speaksOf(text, wantedOf(work).outsideOfWords),
  );
  const { complete } = await deps.physicalErasure.scrub(false);
  if (!complete) return { places: [], complete };
  const { places, shared } = await inRecords(context);
  const fragments = work.fragments.filter((piece) => !shared.has(piece));
  const spellings = spellingsOf({ ...work, fragments });
  const found = [...places, ...(await inTrail(context)), ...(await deps.ownedFiles.find(spellings))];
  if (found.length > 0) return { places: found, complete };
  let raw = await deps.physicalErasure.find(spellings);
  if (raw.length > 0) {
    // In no record, so in what is left of a page that was rebuilt: rewriting everything takes it away.
    const { complete: rewritten } = await deps.physicalErasure.scrub(true);
    if (!rewritten) return { places: [], complete: false };
    raw = await deps.physicalErasure.find(spellings);
  }
  return { places: raw, complete };
};
