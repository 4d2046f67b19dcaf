import type { Subject } from "../domain/roles/subject.ts";
import type { Session } from "../domain/sessions/session.ts";
import type { SessionId, TokenHash } from "../domain/shared/ids.ts";

export interface SessionWithSubject {
  readonly session: Session;
  readonly subject: Subject;
}

/** Sessions with their subject in one read. Ended and expired ones are found too: the domain says what is live. */
export interface SessionReader {
  byTokenHash(hash: TokenHash): Promise<SessionWithSubject | null>;
  byId(id: SessionId): Promise<SessionWithSubject | null>;
}
