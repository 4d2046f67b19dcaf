import type { ServiceCredential } from "../domain/roles/service-credential.ts";
import type { ServiceCredentialId, TokenHash } from "../domain/shared/ids.ts";

/** Service credentials, revoked ones too. Rejects with StorageFailure only. */
export interface ServiceCredentialReader {
  byTokenHash(hash: TokenHash): Promise<ServiceCredential | null>;
  byId(id: ServiceCredentialId): Promise<ServiceCredential | null>;
  /** By id, after `after`, at most `limit`. */
  list(after: ServiceCredentialId | null, limit: number): Promise<readonly ServiceCredential[]>;
}
