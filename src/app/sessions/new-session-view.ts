import type { Subject } from "../../domain/roles/subject.ts";
import { type Session, sessionPermissions } from "../../domain/sessions/session.ts";
import type { NewSessionView } from "../application.ts";

/** A session as it is shown once, to whoever opened it. */
export const newSessionView = (
  token: string,
  session: Session,
  subject: Subject,
  return_to: string | null,
): NewSessionView => ({
  token,
  subject: subject.id,
  role: subject.role,
  permissions: sessionPermissions(session, subject),
  expires_at: session.expires_at,
  return_to,
});
