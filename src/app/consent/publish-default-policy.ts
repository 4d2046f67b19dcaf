import { auditEntry } from "../../domain/audit/audit-entry.ts";
import { DEFAULT_POLICY } from "../../domain/consent/default-policy.ts";
import { canonicalJson, type Json } from "../../domain/shared/canonical-json.ts";
import type { ConsentPolicyId } from "../../domain/shared/ids.ts";
import { SYSTEM_CALLER } from "../caller.ts";
import { occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";

/** Publishes the policy that is shipped when there is none yet. Answers whether this instance did it. */
export const publishDefaultPolicy = async (deps: Deps): Promise<boolean> => {
  if ((await deps.readers.consentPolicies.current()) !== null) return false;
  const occasion = await occasionOf(deps, SYSTEM_CALLER);
  const policy = {
    id: deps.ids.next<ConsentPolicyId>(),
    created_at: occasion.now,
    updated_at: occasion.now,
    version: 1,
    policy_version: 1,
    status: "published",
    content: canonicalJson(DEFAULT_POLICY as unknown as Json),
    material_version: 1,
    published_at: occasion.now,
  } as const;
  // Another instance may have come first: then its policy stands.
  const committed = await deps.unitOfWork.commit({
    expects: [],
    writes: [{ op: "insert", into: "consent_policies", row: policy }],
    audit: [
      auditEntry("consent_policy.published", policy.id, { policy_version: 1, material: true }, occasion),
    ],
  });
  return committed.ok;
};
