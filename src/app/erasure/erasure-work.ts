import type { PersonalValues } from "../../domain/anonymization/mentions.ts";
import type { Erasure, ErasureWork } from "../../domain/erasure/erasure.ts";
import type { Identity } from "../../domain/personal-data/identity.ts";
import { SEAL_CONTEXTS } from "../../domain/personal-data/sealed-fields.ts";
import { canonicalJson, type Json } from "../../domain/shared/canonical-json.ts";
import type { Sealed } from "../../domain/shared/ids.ts";
import type { Deps } from "../deps.ts";
import { openIdentity } from "../vault.ts";

const place = SEAL_CONTEXTS.erasures.work;

export const sealWork = ({ sealer }: Pick<Deps, "sealer">, erasure: Erasure, work: ErasureWork): Sealed =>
  sealer.seal(JSON.stringify(work), place(erasure));

/** Throws SealBroken. Null before the first step. Those that began before removed texts were kept have none. */
export const openWork = ({ sealer }: Pick<Deps, "sealer">, erasure: Erasure): ErasureWork | null => {
  if (erasure.work === null) return null;
  const work = JSON.parse(sealer.open(erasure.work, place(erasure))) as ErasureWork;
  return { ...work, removed: work.removed ?? [] };
};

const valuesOf = ({ sealer }: Pick<Deps, "sealer">, identities: readonly Identity[]): PersonalValues => {
  const of = (kind: Identity["kind"]): readonly string[] =>
    identities.filter((line) => line.kind === kind).map((line) => openIdentity(sealer, line));
  return { names: of("name"), addresses: of("email"), externalIds: of("external_user_id") };
};

export const newWork = (
  deps: Pick<Deps, "sealer" | "ids">,
  identities: readonly Identity[],
  letterTo: string | null,
): ErasureWork => ({
  values: valuesOf(deps, identities),
  letter_to: letterTo,
  excerpts: [],
  removed: [],
  fragments: [],
  quoted: [],
  anonymous: { comments: deps.ids.subject(), consents: deps.ids.subject(), requests: deps.ids.subject() },
  salt: `${deps.ids.subject()}${deps.ids.subject()}`,
  digest: "",
  recipients: 0,
  unlinked: 0,
});

/** The work with the hash of one more record that goes: salted, so that nobody can try what it was. */
export const hashed = ({ signer }: Pick<Deps, "signer">, work: ErasureWork, record: object): ErasureWork => ({
  ...work,
  digest: signer.digest(`${work.salt}${work.digest}${canonicalJson(record as Json)}`),
});
