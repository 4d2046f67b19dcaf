import { noticeOf, noticeText, offeredPurposes, policyContent } from "../../domain/consent/consent-policy.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import type { Deps } from "../deps.ts";
import { issueNoticeToken, noticeTokenExpiry } from "./notice-token.ts";

export const showPolicy =
  (deps: Deps): Application["consent"]["showPolicy"] =>
  async (languages) => {
    const policy = await deps.readers.consentPolicies.current();
    if (policy === null) return err({ type: "not-found" });
    const flags = deps.flags();
    const notice = noticeOf(policy, languages, offeredPurposes(flags), deps.policies.consentCookieDays);
    const notice_hash = deps.signer.digest(noticeText(notice));
    const shown_at = deps.clock.now();
    return ok({
      notice,
      notice_hash,
      notice_token: await issueNoticeToken(deps.signer, {
        policy_version: notice.policy_version,
        language: notice.language,
        notice_hash,
        purposes: notice.purposes.map(({ type }) => type),
        shown_at,
      }),
      notice_token_expires_at: noticeTokenExpiry(shown_at),
      languages: Object.keys(policyContent(policy).texts).sort(),
      banner_enabled: flags.enable_gdpr_banner,
    });
  };
