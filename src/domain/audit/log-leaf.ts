import type { CanonicalJson } from "../shared/ids.ts";
import type { AuditEntry } from "./audit-entry.ts";
import { type Hash, leafHash, type Sha256 } from "./merkle-tree.ts";

const utf8 = new TextEncoder();

const base64url = (bytes: Uint8Array): string => bytes.toBase64({ alphabet: "base64url", omitPadding: true });

/** The two halves of `salts` and of `commitments`; null where a half is empty. */
const halves = (pair: string | null): readonly [string | null, string | null] => {
  if (pair === null) return [null, null];
  const [identity = "", payload = ""] = pair.split(".");
  return [identity === "" ? null : identity, payload === "" ? null : payload];
};

const leadsSomewhere = ({
  user_id_hash,
  ip_address_hash,
  user_agent_hash,
  resource_id,
}: AuditEntry): boolean =>
  user_id_hash !== null || ip_address_hash !== null || user_agent_hash !== null || resource_id !== null;

const json = (value: string | null): string => (value === null ? "null" : JSON.stringify(value));

/** Canonical text (RFC 8785) as all below, by its keys in their order: every entry of the log is written so, once each. */
const identityText = ({ user_id_hash, ip_address_hash, user_agent_hash, resource_id }: AuditEntry): string =>
  `{"ip_address_hash":${json(ip_address_hash)},"resource_id":${json(resource_id)},` +
  `"user_agent_hash":${json(user_agent_hash)},"user_id_hash":${json(user_id_hash)}}`;

const payloadText = ({ details }: Pick<AuditEntry, "details">): string => `{"details":${json(details)}}`;

const committed = (sha256: Sha256, salt: string, text: string): string =>
  base64url(sha256(utf8.encode(salt + text)));

/** What happened, in the words that a leaf commits to, and the salt under which it does. */
export interface OpenPayload {
  readonly salt: string;
  /** Canonical text. */
  readonly details: string;
}

/** Null once it was blanked. */
export const openPayload = ({ salts, details }: AuditEntry): OpenPayload | null => {
  const [, salt] = halves(salts);
  return salt === null || details === null ? null : { salt, details };
};

/** What a leaf says of this payload. */
export const payloadCommitment = (sha256: Sha256, { salt, details }: OpenPayload): string =>
  committed(sha256, salt, payloadText({ details: details as CanonicalJson }));

export const isIdentityBlank = ({ salts }: AuditEntry): boolean => halves(salts)[0] === null;

export const isPayloadBlank = ({ salts }: AuditEntry): boolean => halves(salts)[1] === null;

/** What a leaf says of an entry's two parts, without revealing either. */
export interface Commitments {
  readonly identity: string;
  readonly payload: string;
}

/**
 * Computed from what is there, and read from `commitments` where it was blanked. Null when a blank part has none, or
 * still holds something.
 */
export const commitmentsOf = (sha256: Sha256, entry: AuditEntry): Commitments | null => {
  const [identitySalt, payloadSalt] = halves(entry.salts);
  const [identityKept, payloadKept] = halves(entry.commitments);
  if (identitySalt === null && leadsSomewhere(entry)) return null;
  if (payloadSalt === null && entry.details !== null) return null;
  const identity =
    identitySalt === null ? identityKept : committed(sha256, identitySalt, identityText(entry));
  const payload = payloadSalt === null ? payloadKept : committed(sha256, payloadSalt, payloadText(entry));
  return identity === null || payload === null ? null : { identity, payload };
};

/**
 * What is hashed into the tree, as canonical text (RFC 8785): no personal data, and nothing that could be guessed, since
 * each part is committed to under a random salt. So whoever is erased or whose time is over leaves the leaf as it was.
 * Without commitments it is an entry that the service has not written: it gets a leaf, so that it shows.
 */
export const leafData = (entry: AuditEntry, commitments: Commitments | null): string =>
  `{"action":${json(entry.action)},"created_at":${entry.created_at},"id":${json(entry.id)},` +
  `"identity":${json(commitments?.identity ?? null)},"payload":${json(commitments?.payload ?? null)},` +
  `"resource_type":${json(entry.resource_type)},"retention_until":${entry.retention_until},"v":1}`;

export const leafOf = (sha256: Sha256, entry: AuditEntry): Hash =>
  leafHash(sha256, utf8.encode(leafData(entry, commitmentsOf(sha256, entry))));

/** No text of an entry holds NUL: the stores refuse it. So no two entries have one text. */
const text = (value: string | number | boolean | null): string => (value === null ? "\0" : String(value));

/** Everything in an entry but its seal, as the one text that is sealed. */
export const sealText = (entry: AuditEntry): string =>
  `${entry.id}\n${entry.created_at}\n${entry.updated_at}\n${entry.version}\n${entry.consent_given}\n` +
  `${text(entry.consent_timestamp)}\n${text(entry.retention_until)}\n${entry.anonymized}\n${entry.action}\n` +
  `${entry.resource_type}\n${text(entry.resource_id)}\n${text(entry.user_id_hash)}\n` +
  `${text(entry.ip_address_hash)}\n${text(entry.user_agent_hash)}\n${text(entry.details)}\n${text(entry.salts)}\n` +
  `${text(entry.commitments)}\n${text(entry.unlinked_mark)}`;

/** What allows the identity of an entry to be blank before its time, as the one text that is marked. */
export const unlinkedText = ({ id, commitments }: AuditEntry): string =>
  `unlinked\n${id}\n${text(halves(commitments)[0])}`;
