import { newIdentity } from "../../domain/personal-data/identity.ts";
import { SEAL_CONTEXTS } from "../../domain/personal-data/sealed-fields.ts";
import { newSubject, type Subject } from "../../domain/roles/subject.ts";
import { openSession } from "../../domain/sessions/session.ts";
import { checkSignInLink } from "../../domain/sessions/sign-in-link.ts";
import type { Write } from "../../domain/shared/changes.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { actorOf } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { sealIdentity } from "../vault.ts";
import { newSessionView } from "./new-session-view.ts";

/**
 * Spends a sign-in link for a session. Using it proves the mailbox: whoever had none here becomes a new subject with
 * the role commenter. The session in use until now ends in the same commit.
 */
export const signIn =
  (deps: Deps): Application["sessions"]["signIn"] =>
  async (caller, input) => {
    const hash = deps.tokens.hash("gnl", input.link_token);
    if (hash === null) return err({ type: "sign-in-link-invalid" });
    return decideAndCommit(deps, caller, async () => {
      const occasion = await occasionOf(deps, caller);
      const checked = checkSignInLink(await deps.readers.signInLinks.byTokenHash(hash), occasion.now);
      if (!checked.ok) return checked;
      const link = checked.value;
      const identity = await deps.readers.identities.find("email", link.email_index);
      const known = identity === null ? null : await deps.readers.subjects.byId(identity.subject_id);
      const subject: Subject =
        known ?? newSubject(deps.ids.subject(), "commenter", occasion.now, occasion.retention);
      if (subject.status === "erased") return err({ type: "sign-in-link-invalid" });

      const address = deps.sealer.open(
        link.email_ciphertext,
        SEAL_CONTEXTS.sign_in_links.email_ciphertext(link),
      );
      const sealed = sealIdentity(deps, subject.id, "email", address, link.email_index);
      const writes: readonly Write[] = [
        {
          op: "update",
          in: "sign_in_links",
          id: link.id,
          version: link.version,
          set: { used_at: occasion.now, updated_at: occasion.now },
        },
        ...(known === null
          ? ([
              { op: "insert", into: "subjects", row: subject },
              {
                op: "insert",
                into: "identities",
                row: newIdentity(sealed.id, subject.id, "email", sealed, occasion.now),
              },
            ] as const)
          : []),
      ];
      // Whoever signs in is known by that, and by nothing before it.
      const principal = { kind: "visitor", subject } as const;
      const actor = await actorOf({ ...caller, principal }, deps.pseudonymiser, occasion.now);
      const { token, hash: token_hash } = deps.tokens.issue("gns");
      const { session, changes } = openSession(
        subject,
        { id: deps.ids.next(), token_hash, narrowedTo: null, hours: deps.policies.sessionHours },
        {
          // An erasure in between refuses it.
          expects: known === null ? [] : [{ in: "subjects", id: known.id, version: known.version }],
          writes,
          replaced: caller.principal.kind === "session" ? caller.principal.session : null,
          told: { via: "link", new_subject: known === null },
        },
        { ...occasion, actor },
      );
      return ok({
        changes,
        value: newSessionView(token, session, subject, link.return_to),
      });
    });
  };
