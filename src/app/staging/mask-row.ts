import { CATALOGUE } from "../../domain/personal-data/catalogue.ts";
import type { FieldRule } from "../../domain/personal-data/field-rules.ts";
import { canonicalJson, type Json } from "../../domain/shared/canonical-json.ts";
import { generatedName, generatedText } from "../../domain/staging/generated-text.ts";
import type { StagedCollection } from "../../domain/staging/staged-collections.ts";
import type { RunKey, StagedRow, StagedValue } from "../../ports/staging-copy.ts";
import type { CommentOrder } from "./comment-order.ts";
import { BUCKET, drawFrom, type RunIds } from "./run-ids.ts";

export interface Mask {
  readonly key: RunKey;
  readonly ids: RunIds;
  readonly order: CommentOrder;
  /** Encrypts a generated name for the target; null: it gets none. */
  readonly sealName: ((name: string, subject: string) => string) | null;
}

/** Roles that a handful of people have are told by nobody: whoever needs one gives it to herself in the copy. */
const COMMON_ROLES: readonly StagedValue[] = ["anonymous", "commenter"];

export const rulesOf = (collection: StagedCollection): Readonly<Record<string, FieldRule>> =>
  CATALOGUE[collection].fields;

const text = (value: StagedValue | undefined): string => String(value ?? "");

/** Whose the row is: times of one person's rows are moved alike. */
export const ownerOf = (collection: StagedCollection, row: StagedRow): string =>
  text(collection === "subjects" ? row["id"] : (row["subject_id"] ?? row["id"]));

/** Moves every time inside of a JSON text as the row's own are moved. */
export const shiftedJson = (json: string, shift: (time: number) => number): string => {
  const walk = (value: Json, name: string): Json => {
    if (typeof value === "number") return name.endsWith("_at") ? shift(value) : value;
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map((each: Json) => walk(each, name));
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each, key)]));
  };
  return canonicalJson(walk(JSON.parse(json) as Json, ""));
};

/** The row as it may leave, by the catalogue; null: this one may not. `looks`: only what crowds are made of is wanted. */
export const maskRow = (
  collection: StagedCollection,
  row: StagedRow,
  mask: Mask,
  looks = false,
): StagedRow | null => {
  if (collection === "identities" && (row["kind"] !== "name" || mask.sealName === null)) return null;
  const { ids, order } = mask;
  const owner = ownerOf(collection, row);
  const created = Number(row["created_at"]);
  const own = collection === "comments" ? order.momentOf(text(row["id"])) : null;
  const base = own === null ? ids.bucket(created, owner) : Math.floor(own / BUCKET) * BUCKET;
  const shift = (time: number): number => base + Math.round((time - created) / BUCKET) * BUCKET;
  const draw = (name: string) => drawFrom(mask.key, `${collection} ${name}`, text(row["id"]));

  const masked = (name: string, { mask: action }: FieldRule, value: StagedValue): StagedValue => {
    if (value === null) return null;
    switch (action) {
      case "keep":
        return value;
      case "fresh-id":
        return ids.id(text(value), order.momentOf(text(value)));
      case "fresh-name":
        return ids.thread(text(value));
      case "generated-text":
        return looks ? null : generatedText(text(value), draw(name));
      case "shifted-time":
        return shift(Number(value));
      case "shifted-json":
        return shiftedJson(text(value), shift);
      case "drop":
        return null;
    }
  };
  const staged = Object.fromEntries(
    Object.entries(rulesOf(collection)).map(([name, rule]) => [name, masked(name, rule, row[name] ?? null)]),
  );
  if (collection === "subjects") {
    return {
      ...staged,
      role: COMMON_ROLES.includes(staged["role"] ?? null) ? (staged["role"] ?? null) : "commenter",
      status: "active",
      version: 1,
    };
  }
  if (collection === "consents") return { ...staged, sequence: 1, version: 1 };
  if (collection === "identities") {
    const subject = text(staged["subject_id"]);
    return { ...staged, ciphertext: mask.sealName?.(generatedName(draw("name")), subject) ?? "", version: 1 };
  }
  return collection === "consent_policies" ? staged : { ...staged, version: 1 };
};
