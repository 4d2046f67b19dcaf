import { auditEntry } from "../../domain/audit/audit-entry.ts";
import { SEAL_CONTEXTS } from "../../domain/personal-data/sealed-fields.ts";
import { newSignInLink } from "../../domain/sessions/sign-in-link.ts";
import type { Changes } from "../../domain/shared/changes.ts";
import { parseEmail } from "../../domain/shared/email.ts";
import type { SignInLinkId } from "../../domain/shared/ids.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps, Policies } from "../deps.ts";
import { outgoingMail } from "../mail/outgoing-mail.ts";
import { signInMail } from "../mail/sign-in-mail.ts";

/** Allowed are the service itself and the configured origins. Null when the text is no such URL. */
const parseReturnTo = (text: string, { allowedOrigins, publicUrl }: Policies): string | null => {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return [new URL(publicUrl).origin, ...allowedOrigins].includes(url.origin) ? url.href : null;
};

/**
 * Sends a one-time link. Known and unknown addresses take the same steps and the same single commit; whose the address
 * is, is only looked up when the link is used (but where registration is off, to withhold the mail).
 */
export const requestSignInLink =
  (deps: Deps): Application["sessions"]["requestSignInLink"] =>
  async (caller, input) => {
    const email = parseEmail(input.email);
    if (email === null) {
      return err({ type: "invalid-input", errors: [{ pointer: "/email", reason: "not-an-email-address" }] });
    }
    const returnTo = input.return_to === null ? null : parseReturnTo(input.return_to, deps.policies);
    if (input.return_to !== null && returnTo === null) return err({ type: "return-to-not-allowed" });

    return decideAndCommit(deps, caller, async () => {
      const index = await deps.blindIndexer.index("email", email);
      const known = await deps.readers.identities.find("email", index);
      const withheld = known === null && !deps.flags().enable_user_registration;
      const occasion = await occasionOf(deps, caller);
      const id = deps.ids.next<SignInLinkId>();
      const { token, hash } = deps.tokens.issue("gnl");
      const link = newSignInLink(
        id,
        {
          email_index: index,
          email_ciphertext: deps.sealer.seal(email, SEAL_CONTEXTS.sign_in_links.email_ciphertext({ id })),
        },
        hash,
        returnTo,
        occasion.now,
      );
      const mail = outgoingMail(
        deps,
        { kind: "sign_in", subject_id: null, now: occasion.now, until: link.expires_at },
        { to: email, ...signInMail(`${deps.policies.publicUrl}/sign-in#${token}`) },
      );
      const changes: Changes = {
        expects: [],
        writes: withheld
          ? []
          : [
              { op: "insert", into: "sign_in_links", row: link },
              { op: "insert", into: "outgoing_mails", row: mail },
            ],
        audit: [auditEntry("sign_in_link.sent", id, { withheld }, occasion)],
      };
      return ok({ changes, value: null });
    });
  };
