import { CATALOGUE } from "../personal-data/catalogue.ts";
import type { FieldRule } from "../personal-data/field-rules.ts";
import type { Collection, Records } from "../personal-data/records.ts";
import type { Instant } from "../shared/instant.ts";

/** How many records speak of somebody, by `collection.field` or kind of file; never what they say. */
export type Findings = Readonly<Record<string, number>>;

const REQUESTS =
  "GDPR Art. 5(2), 12: what another person has asked for since, and an address that is not known to be hers";
const BREACH = "GDPR Art. 33(5): the register of breaches";
const RECIPIENT = "GDPR Art. 30(1)(d): the name of a recipient";

type Grounds = { readonly [C in Collection]?: { readonly [F in keyof Records[C]]?: string } };

/**
 * Texts of somebody else that speak of an erased person and stay, and by what right. No step of an erasure touches
 * them, so that nobody can keep her from being erased by writing her name there.
 */
export const RETAINED: Grounds = {
  comments: { thread: "The address of a page, which is the controller's and not hers" },
  privacy_requests: {
    statement: REQUESTS,
    rectification: REQUESTS,
    contact: REQUESTS,
    extension_reason: REQUESTS,
    answer: REQUESTS,
  },
  legal_holds: { reason: "GDPR Art. 17(3)(e): what data are kept for, while the hold stands" },
  sign_in_links: { return_to: "The address of a page, until the link of somebody else has expired" },
  breaches: {
    nature: BREACH,
    person_categories: BREACH,
    record_categories: BREACH,
    contact: BREACH,
    consequences: BREACH,
    measures: BREACH,
    phases: BREACH,
    late_reason: BREACH,
  },
  consent_policies: { content: "GDPR Art. 7(1): what people were shown and agreed to" },
  webhooks: { name: RECIPIENT, url: RECIPIENT },
  service_credentials: { name: "The name of a program of the controller" },
};

/** What others wrote once her erasure had begun is no residue of what was stored; nor is what only a machine can read. */
const WRITTEN_SINCE =
  "GDPR Art. 17(3)(a): what others have written since, or so that only a machine reads it";

export const groundOf = (place: string): string => {
  const [collection = "", field = ""] = place.split(".", 2);
  return (
    (RETAINED as Readonly<Record<string, Readonly<Record<string, string>>>>)[collection]?.[field] ??
    WRITTEN_SINCE
  );
};

/** Settings are an admin's to change: until she did, nobody is certified to be gone. */
const CHANGEABLE: { readonly [C in Collection]?: readonly string[] } = {
  system_config: ["key", "value", "description"],
};

/** `residue`: it should be gone, and something can be done about it. Null: fixed words, which speak of nobody. */
export type Standing = "residue" | "retained" | null;

export const standingOf = (collection: Collection, field: string): Standing => {
  const grounds: Readonly<Record<string, string>> = RETAINED[collection] ?? {};
  if (Object.hasOwn(grounds, field)) return "retained";
  const rules: Readonly<Record<string, FieldRule>> = CATALOGUE[collection].fields;
  const goes = rules[field] === undefined || rules[field].erasure !== "keep";
  return goes || CHANGEABLE[collection]?.includes(field) === true ? "residue" : null;
};

/** When this text of a record was written or last changed, as far as the record tells. */
const writtenAt = (collection: Collection, field: string, row: Records[Collection]): Instant => {
  if (collection !== "comments") return row.created_at;
  const { edited_at, moderated_at } = row as Records["comments"];
  const changed = field === "moderation_note" ? moderated_at : field === "content" ? edited_at : null;
  return changed ?? row.created_at;
};

const WRITTEN_BY_OTHERS: readonly Collection[] = ["comments", "comment_reports"];

/** A field that speaks of her, and the record it is of; `hers`: the request of nobody we know that came from her address. */
export interface Found<C extends Collection> {
  readonly collection: C;
  readonly field: string;
  readonly row: Records[C];
  readonly hers: boolean;
}

/** What a field that speaks of her comes to. The reason of a hold stays no longer than the hold. */
export const judged = <C extends Collection>(
  { collection, field, row, hers }: Found<C>,
  begun: Instant,
): Standing => {
  const standing = standingOf(collection, field);
  const lifted = collection === "legal_holds" && (row as Records["legal_holds"]).lifted_at !== null;
  if (standing === "retained" && (hers || lifted)) return "residue";
  return standing === "residue" &&
    WRITTEN_BY_OTHERS.includes(collection) &&
    writtenAt(collection, field, row) >= begun
    ? "retained"
    : standing;
};

/** Whether somebody else's words, or fixed ones, may stand in a field when all is done. */
export const mayStand = (collection: Collection, field: string): boolean =>
  standingOf(collection, field) !== "residue" || WRITTEN_BY_OTHERS.includes(collection);
