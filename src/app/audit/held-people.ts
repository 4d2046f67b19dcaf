import type { AuditEntry } from "../../domain/audit/audit-entry.ts";
import { isInForce, type LegalHold } from "../../domain/retention/legal-hold.ts";
import type { KeyedHash, SubjectId } from "../../domain/shared/ids.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import type { Deps } from "../deps.ts";
import { userHashes } from "../erasure/last-steps.ts";

export type PeopleDeps = Pick<Deps, "pseudonymiser"> & {
  readonly readers: Pick<
    Deps["readers"],
    "keys" | "comments" | "consents" | "sessions" | "privacyRequests" | "erasures" | "webhookDeliveries"
  >;
};

/** Whose record an entry tells of, while that record is there; null: nobody's, or gone. */
const ownerOf = async (
  { readers }: PeopleDeps,
  { resource_type, resource_id }: AuditEntry,
): Promise<SubjectId | null> => {
  if (resource_id === null) return null;
  const id = resource_id as never;
  switch (resource_type) {
    case "comment":
      return (await readers.comments.byId(id))?.comment.subject_id ?? null;
    case "consent":
      return (await readers.consents.byId(id))?.subject_id ?? null;
    case "session":
      return (await readers.sessions.byId(id))?.subject.id ?? null;
    case "privacy_request":
      return (await readers.privacyRequests.byId(id))?.subject_id ?? null;
    case "erasure":
      return (await readers.erasures.byId(id))?.subject_id ?? null;
    case "webhook_delivery":
      return (await readers.webhookDeliveries.byId(id))?.subject_id ?? null;
    default:
      return null;
  }
};

/**
 * Whom entries lead to, besides the resource itself: whose record they tell of, and which of the people under a hold acted.
 * One question for an entry that is due, and none where no hold is on a person; her hashes are known as long as the keys of
 * their periods live.
 */
export const heldPeople = (deps: PeopleDeps) => {
  const known = new Map<SubjectId, readonly KeyedHash[]>();
  const hashesOf = async (subject: SubjectId): Promise<readonly KeyedHash[]> => {
    const hashes = known.get(subject) ?? (await userHashes(deps, subject));
    known.set(subject, hashes);
    return hashes;
  };
  return async (
    entries: readonly AuditEntry[],
    holds: readonly LegalHold[],
    now: Instant,
  ): Promise<(entry: AuditEntry) => readonly SubjectId[]> => {
    const people = new Set(
      holds.flatMap((hold) => (hold.subject_id !== null && isInForce(hold, now) ? [hold.subject_id] : [])),
    );
    if (people.size === 0 || entries.length === 0) return () => [];
    const actors = new Map<KeyedHash, SubjectId>();
    for (const subject of people) for (const hash of await hashesOf(subject)) actors.set(hash, subject);
    const owners = new Map<string, SubjectId | null>();
    for (const entry of entries) owners.set(entry.id, await ownerOf(deps, entry));
    return ({ id, user_id_hash }) => {
      const actor = user_id_hash === null ? undefined : actors.get(user_id_hash);
      return [actor, owners.get(id)].filter((subject) => subject != null);
    };
  };
};
