import { checkConsent as check } from "../../domain/consent/check-consent.ts";
import { offeredPurposes } from "../../domain/consent/consent-policy.ts";
import { ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { requireScope } from "../caller.ts";
import type { Deps } from "../deps.ts";

/**
 * Stands in front of every processing step of other programs: one read, and nothing of it is kept, so that a withdrawal
 * is in force on the next question, wherever it is asked. What is essential is read by nobody.
 */
export const checkConsent =
  ({ readers, clock, flags }: Deps): Application["consent"]["checkConsent"] =>
  async (caller, { subject, purpose }) => {
    const allowed = requireScope(caller.principal, "consents:check");
    if (!allowed.ok) return allowed;
    const basis = purpose === "essential" ? null : await readers.consents.basis(subject);
    return ok(
      check(purpose, basis, { now: clock.now(), offered: offeredPurposes(flags()), gpc: caller.gpc }),
    );
  };
