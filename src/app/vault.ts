import type { SealedIdentity } from "../domain/comments/post-comment.ts";
import type { Identity, IdentityKind } from "../domain/personal-data/identity.ts";
import { SEAL_CONTEXTS } from "../domain/personal-data/sealed-fields.ts";
import type { KeyedHash, SubjectId } from "../domain/shared/ids.ts";
import type { IdGenerator } from "../ports/id-generator.ts";
import type { IdentityReader } from "../ports/identity-reader.ts";
import type { Sealer } from "../ports/secrets.ts";

const place = SEAL_CONTEXTS.identities.ciphertext;

/** The clear value of a vault line. Throws SealBroken. */
export const openIdentity = (sealer: Sealer, identity: Identity): string =>
  sealer.open(identity.ciphertext, place(identity));

/** A value sealed for the vault of this subject; `blindIndex` null: nobody can be found by it. */
export const sealIdentity = (
  deps: { readonly sealer: Sealer; readonly ids: IdGenerator },
  subject: SubjectId,
  kind: IdentityKind,
  value: string,
  blindIndex: KeyedHash | null,
): SealedIdentity => ({
  id: deps.ids.next(),
  blind_index: blindIndex,
  ciphertext: deps.sealer.seal(value, place({ kind, subject_id: subject })),
});

/** The names of subjects, for showing their comments; those without one are missing. */
export const namesOf = async (
  deps: { readonly identities: IdentityReader; readonly sealer: Sealer },
  subjects: readonly SubjectId[],
): Promise<ReadonlyMap<SubjectId, string>> => {
  const wanted = [...new Set(subjects)];
  const lines = wanted.length === 0 ? [] : await deps.identities.namesOf(wanted);
  return new Map(lines.map((line) => [line.subject_id, openIdentity(deps.sealer, line)]));
};
