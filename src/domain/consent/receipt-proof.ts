import { type OpenPayload, payloadCommitment } from "../audit/log-leaf.ts";
import type { Sha256 } from "../audit/merkle-tree.ts";
import type { NoteKey, VerifyEd25519 } from "../audit/signed-note.ts";
import { openTlogProof } from "../audit/tlog-proof.ts";
import { canonicalJson, type Json } from "../shared/canonical-json.ts";
import type { Changes } from "../shared/changes.ts";
import type { CanonicalJson } from "../shared/ids.ts";
import { type Instant, parseInstant } from "../shared/instant.ts";
import { err, ok, type Result } from "../shared/result.ts";

/** Hash of what a receipt says. It holds random ids, so nobody guesses a receipt from it. */
export const receiptHash = (sha256: Sha256, payload: Json): string =>
  sha256(new TextEncoder().encode(canonicalJson(payload))).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });

/**
 * The changes of a decision, whose entry tells of its receipt too: so the log proves it to the letter, and a forger needs
 * more than the key that signs receipts.
 */
export const tellingReceipt = (changes: Changes, hash: string): Changes => {
  const [first, ...others] = changes.audit;
  const details = { ...(JSON.parse(first.details ?? "{}") as object), receipt_hash: hash } as Json;
  return { ...changes, audit: [{ ...first, details: canonicalJson(details) }, ...others] };
};

type Members = Readonly<Record<string, unknown>>;

const membersOf = (text: string): Members => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Members) : {};
  } catch {
    // Whatever it is: it says nothing.
    return {};
  }
};

/** Whether an entry's details tell of this very receipt. */
export const tellsOf = (details: CanonicalJson | string | null, hash: string): boolean =>
  details !== null && membersOf(details)["receipt_hash"] === hash;

const memberOf = (value: unknown, name: string | number): unknown =>
  typeof value === "object" && value !== null
    ? (value as Readonly<Record<string | number, unknown>>)[name]
    : undefined;

/** Id of the entry that a receipt names; null when it names none. Takes whatever a stolen key signed. */
export const entryOf = (payload: Json): string | null => {
  const record = memberOf(memberOf(payload, "dpv:hasRecordOfActivity"), 0);
  const entry = memberOf(record, "gonogo:auditEntry");
  return typeof entry === "string" && entry.startsWith("urn:uuid:") ? entry.slice("urn:uuid:".length) : null;
};

/** What is shown to prove a receipt: the leaf, that it stands in a signed tree, and what it commits to. */
export interface ReceiptProof {
  readonly leaf: string;
  readonly tlog_proof: string;
  readonly payload: OpenPayload;
}

export type ReceiptProofRefusal = "not-in-the-log" | "another-entry" | "another-receipt";

export interface ProvedReceipt {
  /** When the entry was made, as the log says. */
  readonly recorded_at: Instant;
  readonly origin: string;
  readonly index: number;
  readonly size: number;
}

/** Whether the log shows that this very receipt was given, and when: with public keys alone, without a connection. */
export const verifyReceiptProof = (
  {
    sha256,
    verify,
    keys,
  }: { readonly sha256: Sha256; readonly verify: VerifyEd25519; readonly keys: readonly NoteKey[] },
  payload: Json,
  proof: ReceiptProof,
): Result<ProvedReceipt, ReceiptProofRefusal> => {
  const place = openTlogProof(sha256, verify, proof.tlog_proof, proof.leaf, keys);
  if (place === null) return err("not-in-the-log");
  const leaf = membersOf(proof.leaf);
  const at = typeof leaf["created_at"] === "number" ? parseInstant(leaf["created_at"]) : null;
  if (at === null || leaf["id"] !== entryOf(payload)) return err("another-entry");
  const isOpened = leaf["payload"] === payloadCommitment(sha256, proof.payload);
  return isOpened && tellsOf(proof.payload.details, receiptHash(sha256, payload))
    ? ok({ recorded_at: at, origin: place.origin, index: place.index, size: place.size })
    : err("another-receipt");
};
