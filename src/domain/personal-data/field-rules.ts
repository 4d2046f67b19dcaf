// The kinds of fields there are, and what happens to each.

/**
 * What a field says about a person.
 * `identifying`: leads to her by itself (address, name, what she wrote). `pseudonymous`: leads to her with a key or
 * another table. `about`: says something about her, but not who she is. `none`: nothing.
 */
export type DataClass = "identifying" | "pseudonymous" | "about" | "none";

/**
 * What erasing the person does to a field. `rekey`: replaced by a fresh anonymous id, the same within one collection of
 * one erasure, so that not even two collections can be joined. The text of a comment may be kept, if she so chose.
 */
export type ErasureAction = "delete" | "blank" | "rekey" | "keep";

/** What the export for the person contains of it. `clear`: decrypted first. */
export type ExportAction = "include" | "clear" | "omit";

/**
 * What a staging copy gets instead. `fresh-name`: another name, the same wherever the old one stands. `shifted-json`: JSON
 * whose times are shifted.
 */
export type MaskAction =
  | "keep"
  | "fresh-id"
  | "fresh-name"
  | "generated-text"
  | "shifted-time"
  | "shifted-json"
  | "drop";

export interface FieldRule {
  readonly class: DataClass;
  readonly erasure: ErasureAction;
  readonly export: ExportAction;
  readonly mask: MaskAction;
  /** True: must never stand in a log line, not even hashed. */
  readonly neverLog: boolean;
}

export const none: FieldRule = {
  class: "none",
  erasure: "keep",
  export: "include",
  mask: "keep",
  neverLog: false,
};
export const time: FieldRule = { ...none, mask: "shifted-time" };
export const ownId: FieldRule = { ...none, mask: "fresh-id" };
export const internal: FieldRule = { ...none, export: "omit" };
/** Of staff, who are told to name no person. */
export const staffWords: FieldRule = { ...internal, mask: "drop", neverLog: true };
export const about: FieldRule = { ...none, class: "about" };
export const subject: FieldRule = {
  class: "pseudonymous",
  erasure: "rekey",
  export: "include",
  mask: "fresh-id",
  neverLog: true,
};
export const trace: FieldRule = {
  class: "pseudonymous",
  erasure: "blank",
  export: "omit",
  mask: "drop",
  neverLog: true,
};
export const secret: FieldRule = {
  class: "pseudonymous",
  erasure: "delete",
  export: "omit",
  mask: "drop",
  neverLog: true,
};
export const sealed: FieldRule = {
  class: "identifying",
  erasure: "delete",
  export: "clear",
  mask: "drop",
  neverLog: true,
};
export const words: FieldRule = {
  class: "identifying",
  erasure: "blank",
  export: "include",
  mask: "generated-text",
  neverLog: true,
};

export const stored = { created_at: time, updated_at: time, version: internal } as const;
export const gdpr = {
  ...stored,
  id: ownId,
  consent_given: about,
  consent_timestamp: { ...about, mask: "shifted-time" },
  retention_until: time,
  anonymized: none,
} as const;
