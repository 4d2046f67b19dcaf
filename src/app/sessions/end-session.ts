import { endAllSessions, endSession, isLive } from "../../domain/sessions/session.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";

/** Who am I, and until when. */
export const currentSession = (): Application["sessions"]["currentSession"] => async (caller) => {
  const { principal } = caller;
  if (principal.kind !== "session") return err({ type: "credential-required" });
  return ok({
    subject: principal.subject.id,
    role: principal.subject.role,
    permissions: principal.permissions,
    expires_at: principal.session.expires_at,
  });
};

/** Ends the session in use; also right when somebody just did. */
export const signOut =
  (deps: Deps): Application["sessions"]["signOut"] =>
  async (caller) => {
    const { principal } = caller;
    if (principal.kind !== "session") return err({ type: "credential-required" });
    return decideAndCommit(deps, caller, async () => {
      const found = await deps.readers.sessions.byId(principal.session.id);
      const occasion = await occasionOf(deps, caller);
      const live = found !== null && isLive(found.session, found.subject, occasion.now);
      return ok({ changes: live ? endSession(found.session, occasion) : null, value: null });
    });
  };

/** Ends every session of the subject, whichever device it is on. */
export const signOutEverywhere =
  (deps: Deps): Application["sessions"]["signOutEverywhere"] =>
  async (caller) => {
    const { principal } = caller;
    if (principal.kind !== "session") return err({ type: "credential-required" });
    return decideAndCommit(deps, caller, async () => {
      const subject = await deps.readers.subjects.byId(principal.subject.id);
      if (subject === null) return err({ type: "credential-invalid" });
      return ok({
        changes: endAllSessions(subject, principal.session, await occasionOf(deps, caller)),
        value: null,
      });
    });
  };
