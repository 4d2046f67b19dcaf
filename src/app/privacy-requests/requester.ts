import type { Identity } from "../../domain/personal-data/identity.ts";
import type { PrivacyRequest, RequestChannel } from "../../domain/privacy-requests/privacy-request.ts";
import type { Subject } from "../../domain/roles/subject.ts";
import type { SubjectId } from "../../domain/shared/ids.ts";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import type { Caller, Principal } from "../caller.ts";
import type { Deps } from "../deps.ts";
import type { AppError } from "../errors.ts";
import { provenEmail } from "./request-mail.ts";

const CHANNELS = {
  session: "session",
  visitor: "visitor",
  receipt: "receipt",
  "edit-token": "edit_token",
} as const;

interface RightsHolder {
  readonly subject: SubjectId;
  readonly channel: RequestChannel;
}

/** Whose rights a credential speaks for; null: nobody's. */
const rightsHolder = (principal: Principal): RightsHolder | null => {
  const { kind } = principal;
  if (kind === "anonymous" || kind === "service") return null;
  const subject = kind === "edit-token" ? principal.subject : principal.subject.id;
  return { subject, channel: CHANNELS[kind] };
};

export interface Viewer extends RightsHolder {
  /** Whether the credential is the best proof there is of who she is. */
  readonly proven: boolean;
}

const hasAccount = (identities: readonly Identity[]): boolean =>
  identities.some(({ kind }) => kind === "external_user_id");

/** Who looks at requests with this credential; null: nobody who has any. */
export const viewerOf = async (
  { readers }: Pick<Deps, "readers">,
  { principal }: Caller,
): Promise<Viewer | null> => {
  const holder = rightsHolder(principal);
  if (holder === null) return null;
  if (holder.channel === "session") return { ...holder, proven: true };
  const identities = await readers.identities.ofSubject(holder.subject);
  return { ...holder, proven: provenEmail(identities) === null && !hasAccount(identities) };
};

/** What can be lost or passed on shows only what was asked with its like, where she could prove more. */
export const isSeenBy = (
  { subject, channel, proven }: Viewer,
  request: Pick<PrivacyRequest, "subject_id" | "channel">,
): boolean => request.subject_id === subject && (proven || request.channel === channel);

export interface Requester {
  readonly subject: Subject;
  readonly identities: readonly Identity[];
  readonly channel: RequestChannel;
  /** The address that a weaker credential has to be confirmed by; null where the credential is enough. */
  readonly confirmBy: Identity | null;
}

/**
 * A session is proof. What can be lost or passed on (a cookie, a receipt, an edit token) is proof where there is no better
 * one (GDPR Art. 11(2)): whoever has an address on file confirms by it, and whoever has an account signs in (Art. 12(6)).
 */
export const requesterOf = async (
  { readers }: Pick<Deps, "readers">,
  { principal }: Caller,
): Promise<Result<Requester, AppError>> => {
  const holder = rightsHolder(principal);
  if (holder === null) return err({ type: "credential-required" });
  const [subject, identities] = await Promise.all([
    readers.subjects.byId(holder.subject),
    readers.identities.ofSubject(holder.subject),
  ]);
  if (subject === null || subject.status === "erased") return err({ type: "credential-invalid" });
  const strong = holder.channel === "session";
  const confirmBy = strong ? null : provenEmail(identities);
  if (!strong && confirmBy === null && hasAccount(identities)) {
    return err({ type: "stronger-proof-required" });
  }
  return ok({ subject, identities, channel: holder.channel, confirmBy });
};
