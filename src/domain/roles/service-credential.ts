import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import { canonicalJson } from "../shared/canonical-json.ts";
import type { Changes } from "../shared/changes.ts";
import type { StoredRecord } from "../shared/gdpr-record.ts";
import type { CanonicalJson, ServiceCredentialId, TokenHash } from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";
import type { Scope } from "./role.ts";

/** A key of another program, limited to scopes, shown once and stored hashed. It speaks for no person. */
export interface ServiceCredential extends StoredRecord {
  readonly id: ServiceCredentialId;
  readonly name: string;
  /** JSON list of Scope. */
  readonly scopes: CanonicalJson;
  readonly token_hash: TokenHash;
  readonly revoked_at: Instant | null;
}

export const SERVICE_CREDENTIAL_NAME_MAX = 100;

export const credentialScopes = (credential: ServiceCredential): readonly Scope[] =>
  JSON.parse(credential.scopes) as Scope[];

export const createServiceCredential = (
  wanted: {
    readonly id: ServiceCredentialId;
    readonly name: string;
    readonly scopes: readonly Scope[];
    readonly token_hash: TokenHash;
  },
  occasion: Occasion,
): { readonly credential: ServiceCredential; readonly changes: Changes } => {
  const credential: ServiceCredential = {
    id: wanted.id,
    created_at: occasion.now,
    updated_at: occasion.now,
    version: 1,
    name: wanted.name,
    scopes: canonicalJson([...wanted.scopes]),
    token_hash: wanted.token_hash,
    revoked_at: null,
  };
  return {
    credential,
    changes: {
      expects: [],
      writes: [{ op: "insert", into: "service_credentials", row: credential }],
      audit: [auditEntry("service_credential.created", credential.id, { scopes: wanted.scopes }, occasion)],
    },
  };
};

/** Takes a credential back; null when that has been done already. */
export const revokeServiceCredential = (credential: ServiceCredential, occasion: Occasion): Changes | null =>
  credential.revoked_at !== null
    ? null
    : {
        expects: [],
        writes: [
          {
            op: "update",
            in: "service_credentials",
            id: credential.id,
            version: credential.version,
            set: { revoked_at: occasion.now, updated_at: occasion.now },
          },
        ],
        audit: [
          auditEntry(
            "service_credential.revoked",
            credential.id,
            { scopes: credentialScopes(credential) },
            occasion,
          ),
        ],
      };
