import { noticeOf, noticeText, offeredPurposes, policyContent } from "../../domain/consent/consent-policy.ts";
import { draftPolicy, publishPolicy } from "../../domain/consent/draft-policy.ts";
import { parsePolicyContent } from "../../domain/consent/policy-content.ts";
import type { ConsentPolicyId } from "../../domain/shared/ids.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { requirePermission } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { badCursor, pageOf } from "../paging.ts";

const VERSION = /^[1-9][0-9]{0,14}$/;

/** Drafts and published policies, newest first. */
export const listPolicies =
  ({ readers }: Deps): Application["policies"]["list"] =>
  async (caller, { limit, cursor }) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    if (cursor !== null && !VERSION.test(cursor)) return badCursor();
    const rows = await readers.consentPolicies.list(cursor === null ? null : Number(cursor), limit + 1);
    return ok(
      pageOf(
        rows,
        limit,
        (last) => String(last.policy_version),
        (policy) => policy,
      ),
    );
  };

export const readPolicy =
  ({ readers }: Deps): Application["policies"]["read"] =>
  async (caller, version) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const policy = await readers.consentPolicies.byVersion(version);
    return policy === null ? err({ type: "not-found" }) : ok(policy);
  };

/** The notice as people are, were or would be shown it now. Without a token: nobody has been shown anything. */
export const previewPolicy =
  ({ readers, signer, flags, policies }: Deps): Application["policies"]["preview"] =>
  async (caller, version, languages) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const policy = await readers.consentPolicies.byVersion(version);
    if (policy === null) return err({ type: "not-found" });
    const notice = noticeOf(policy, languages, offeredPurposes(flags()), policies.consentCookieDays);
    return ok({
      notice,
      notice_hash: signer.digest(noticeText(notice)),
      languages: Object.keys(policyContent(policy).texts).sort(),
    });
  };

/** Creates a draft with `stored: null`, else changes just that version of it. */
export const writePolicyDraft =
  (deps: Deps): Application["policies"]["draft"] =>
  async (caller, input) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const content = parsePolicyContent(input.policy);
    if (!content.ok) return err({ type: "invalid-input", errors: content.error });
    const id = deps.ids.next<ConsentPolicyId>();
    return decideAndCommit(deps, caller, async () => {
      const [current, known] = await Promise.all([
        deps.readers.consentPolicies.current(),
        deps.readers.consentPolicies.byVersion(input.version),
      ]);
      const drafted = draftPolicy(
        { current, known },
        { version: input.version, content: content.value },
        id,
        await occasionOf(deps, caller),
      );
      if (!drafted.ok) return drafted;
      if (input.stored === null && known !== null) return err({ type: "precondition-required" });
      if (input.stored !== null && known?.version !== input.stored) return err({ type: "version-mismatch" });
      const { changes, policy } = drafted.value;
      return ok({ changes, value: policy });
    });
  };

/** Publishes the draft that was looked at: one that was changed since is refused. In force with the answer, everywhere. */
export const publishPolicyDraft =
  (deps: Deps): Application["policies"]["publish"] =>
  async (caller, input) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    return decideAndCommit(deps, caller, async () => {
      const [current, known] = await Promise.all([
        deps.readers.consentPolicies.current(),
        deps.readers.consentPolicies.byVersion(input.version),
      ]);
      if (known === null) return err({ type: "not-found" });
      const published = publishPolicy({ current, known }, input.material, await occasionOf(deps, caller));
      if (!published.ok) return published;
      if (input.stored !== null && known.version !== input.stored) return err({ type: "version-mismatch" });
      const { changes, policy } = published.value;
      return ok({ changes, value: policy });
    });
  };
