import type { ShownNotice } from "../../domain/consent/consent-policy.ts";
import { canonicalJson, type Json } from "../../domain/shared/canonical-json.ts";
import { HOUR, type Instant, plus } from "../../domain/shared/instant.ts";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import type { Signer } from "../../ports/secrets.ts";
import type { AppError } from "../errors.ts";

/** How long a notice may stand on the screen before its proof must be fetched again. */
const NOTICE_TOKEN_TTL = HOUR;

export const noticeTokenExpiry = (shownAt: Instant): Instant => plus(shownAt, NOTICE_TOKEN_TTL);

/** Signed proof of exactly what was shown (GDPR Art. 7(1)); holds nothing about who saw it. */
export const issueNoticeToken = (signer: Signer, notice: ShownNotice): Promise<string> =>
  signer.sign("notice", canonicalJson(notice as unknown as Json));

export const readNoticeToken = async (
  signer: Signer,
  token: string,
  now: Instant,
): Promise<Result<ShownNotice, AppError>> => {
  const payload = await signer.verify("notice", token);
  if (payload === null) return err({ type: "notice-token-invalid" });
  // Signed here, so its shape is ours.
  const notice = JSON.parse(payload) as ShownNotice;
  return noticeTokenExpiry(notice.shown_at) <= now ? err({ type: "notice-token-expired" }) : ok(notice);
};
