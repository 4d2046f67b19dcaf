import { newIdentity } from "../../domain/personal-data/identity.ts";
import { newSubject, type Subject } from "../../domain/roles/subject.ts";
import { openSession } from "../../domain/sessions/session.ts";
import { err, ok } from "../../domain/shared/result.ts";
import { parseText } from "../../domain/shared/text.ts";
import type { Application } from "../application.ts";
import { requireScope } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { sealIdentity } from "../vault.ts";
import { newSessionView } from "./new-session-view.ts";

const EXTERNAL_USER_ID_MAX = 200;

/**
 * A session for a user of the surrounding platform, asked for by the platform. Her id there leads to a random subject
 * through the vault alone; `permissions` can only narrow what her role allows.
 */
export const createServiceSession =
  (deps: Deps): Application["sessions"]["createServiceSession"] =>
  async (caller, input) => {
    const allowed = requireScope(caller.principal, "sessions:create");
    if (!allowed.ok) return allowed;
    const parsed = parseText(input.external_user_id, EXTERNAL_USER_ID_MAX);
    if (!parsed.ok) {
      return err({ type: "invalid-input", errors: [{ pointer: "/external_user_id", reason: parsed.error }] });
    }
    const externalId = parsed.value;
    return decideAndCommit(deps, caller, async () => {
      const index = await deps.blindIndexer.index("external_user_id", externalId);
      const identity = await deps.readers.identities.find("external_user_id", index);
      const known = identity === null ? null : await deps.readers.subjects.byId(identity.subject_id);
      const occasion = await occasionOf(deps, caller);
      const subject: Subject =
        known ?? newSubject(deps.ids.subject(), "commenter", occasion.now, occasion.retention);
      if (subject.status === "erased") return err({ type: "subject-erased" });
      const sealed = sealIdentity(deps, subject.id, "external_user_id", externalId, index);
      const { token, hash: token_hash } = deps.tokens.issue("gns");
      const { session, changes } = openSession(
        subject,
        { id: deps.ids.next(), token_hash, narrowedTo: input.permissions, hours: deps.policies.sessionHours },
        {
          expects: known === null ? [] : [{ in: "subjects", id: known.id, version: known.version }],
          writes:
            known === null
              ? [
                  { op: "insert", into: "subjects", row: subject },
                  {
                    op: "insert",
                    into: "identities",
                    row: newIdentity(sealed.id, subject.id, "external_user_id", sealed, occasion.now),
                  },
                ]
              : [],
          replaced: null,
          told: { via: "service", new_subject: known === null },
        },
        occasion,
      );
      return ok({
        changes,
        value: newSessionView(token, session, subject, null),
      });
    });
  };
