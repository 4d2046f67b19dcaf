import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import { canonicalJson, type Json } from "../shared/canonical-json.ts";
import type { Changes, Expectation } from "../shared/changes.ts";
import type { ConsentPolicyId } from "../shared/ids.ts";
import { err, ok, type Result } from "../shared/result.ts";
import { type ConsentPolicy, type PolicyContent, policyContent } from "./consent-policy.ts";
import { CONSENT_TYPES } from "./consent-type.ts";

export type PolicyRefusal =
  /** What people agreed to is never changed afterwards: draft the next version. */
  | { readonly type: "policy-published" }
  /** Versions count up one by one: only the one after the published one can be drafted. */
  | { readonly type: "policy-version-not-next" }
  /** Another legal basis is never a matter of wording. */
  | { readonly type: "material-change-required" };

/** What a change of policies rests on. */
export interface PolicyState {
  /** The published policy; null before the first publication. */
  readonly current: ConsentPolicy | null;
  /** What is there under the version in question. */
  readonly known: ConsentPolicy | null;
}

export interface PolicyChanged {
  readonly policy: ConsentPolicy;
  readonly changes: Changes;
}

/** The only version that can be drafted and published now. */
export const nextPolicyVersion = (current: ConsentPolicy | null): number =>
  (current?.policy_version ?? 0) + 1;

/** Whether this version may be changed at all; nothing that was published ever is (GDPR Art. 7(1)). */
const changeable = ({ current, known }: PolicyState, version: number): Result<null, PolicyRefusal> => {
  if (known?.status === "published") return err({ type: "policy-published" });
  return version === nextPolicyVersion(current) ? ok(null) : err({ type: "policy-version-not-next" });
};

/** Writes a draft, or writes it anew. Nobody is shown it before it is published. */
export const draftPolicy = (
  state: PolicyState,
  wanted: { readonly version: number; readonly content: PolicyContent },
  id: ConsentPolicyId,
  occasion: Occasion,
): Result<PolicyChanged, PolicyRefusal> => {
  const allowed = changeable(state, wanted.version);
  if (!allowed.ok) return allowed;
  const { known } = state;
  const content = canonicalJson(wanted.content as unknown as Json);
  const policy: ConsentPolicy =
    known === null
      ? {
          id,
          created_at: occasion.now,
          updated_at: occasion.now,
          version: 1,
          policy_version: wanted.version,
          status: "draft",
          content,
          material_version: wanted.version,
          published_at: null,
        }
      : { ...known, updated_at: occasion.now, version: known.version + 1, content };
  return ok({
    policy,
    changes: {
      expects: [],
      writes: [
        known === null
          ? { op: "insert", into: "consent_policies", row: policy }
          : {
              op: "update",
              in: "consent_policies",
              id: known.id,
              version: known.version,
              set: { content, updated_at: occasion.now },
            },
      ],
      audit: [
        auditEntry(
          "consent_policy.drafted",
          policy.id,
          { policy_version: wanted.version, created: known === null },
          occasion,
        ),
      ],
    },
  });
};

const sameBases = (a: PolicyContent, b: PolicyContent): boolean =>
  CONSENT_TYPES.every((type) => a.legal_bases[type] === b.legal_bases[type]);

/**
 * Publishes a draft: it is in force from then on, for good. A material change makes every earlier decision outdated, so
 * that people are asked again; any other leaves them in force and asks nobody (a refusal is not asked about again either).
 */
export const publishPolicy = (
  state: PolicyState & { readonly known: ConsentPolicy },
  material: boolean,
  occasion: Occasion,
): Result<PolicyChanged, PolicyRefusal> => {
  const { current, known } = state;
  const allowed = changeable(state, known.policy_version);
  if (!allowed.ok) return allowed;
  // Consent was given for processing on one legal basis (GDPR Art. 6(1), 13(1)(c)): on another it is another processing.
  if (!material && current !== null && !sameBases(policyContent(current), policyContent(known))) {
    return err({ type: "material-change-required" });
  }
  const published = {
    status: "published",
    material_version: material || current === null ? known.policy_version : current.material_version,
    published_at: occasion.now,
    updated_at: occasion.now,
  } as const;
  const expects: readonly Expectation[] =
    current === null ? [] : [{ in: "consent_policies", id: current.id, version: current.version }];
  return ok({
    policy: { ...known, ...published, version: known.version + 1 },
    changes: {
      expects,
      writes: [
        { op: "update", in: "consent_policies", id: known.id, version: known.version, set: published },
      ],
      audit: [
        auditEntry(
          "consent_policy.published",
          known.id,
          {
            policy_version: known.policy_version,
            material: published.material_version === known.policy_version,
          },
          occasion,
        ),
      ],
    },
  });
};
