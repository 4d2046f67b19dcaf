import { receiptHolder } from "../../domain/consent/receipt-holder.ts";
import { entryOf, receiptHash, tellsOf } from "../../domain/consent/receipt-proof.ts";
import { isLive, sessionPermissions } from "../../domain/sessions/session.ts";
import type { Json } from "../../domain/shared/canonical-json.ts";
import { type AuditEntryId, parseId, type SubjectId, type TokenHash } from "../../domain/shared/ids.ts";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { ANONYMOUS, type Principal } from "../caller.ts";
import type { Deps } from "../deps.ts";
import type { AppError } from "../errors.ts";
import type { KnownCredentials } from "../service-credentials/known-credentials.ts";

const INVALID: Result<never, AppError> = err({ type: "credential-invalid" });

/** Finds out who a credential speaks for. Cookies come by themselves, so a stale one is no error; a bearer is meant. */
export const authenticate =
  (deps: Deps, known: KnownCredentials): Application["sessions"]["authenticate"] =>
  async ({ bearer, session_cookie, subject_cookie }) => {
    if (bearer !== null) return byBearer(deps, known, bearer);
    if (session_cookie !== null) {
      const hash = deps.tokens.hash("gns", session_cookie);
      const principal = hash === null ? null : await bySession(deps, hash);
      if (principal !== null) return ok(principal);
    }
    return ok((subject_cookie === null ? null : await byVisitor(deps, subject_cookie)) ?? ANONYMOUS);
  };

/** Reads nothing: thousands of requests a second come from programs that were here a moment ago. */
export const recallProgram =
  ({ tokens }: Pick<Deps, "tokens">, known: KnownCredentials): Application["sessions"]["recallProgram"] =>
  ({ bearer }) => {
    const hash = bearer === null ? null : tokens.hash("gnk", bearer);
    return hash === null ? null : known.recall(hash);
  };

const byBearer = async (
  deps: Deps,
  known: KnownCredentials,
  token: string,
): Promise<Result<Principal, AppError>> => {
  const session = deps.tokens.hash("gns", token);
  if (session !== null) {
    const principal = await bySession(deps, session);
    return principal === null ? INVALID : ok(principal);
  }
  const service = deps.tokens.hash("gnk", token);
  if (service !== null) {
    const principal = await known.find(service);
    return principal === null ? INVALID : ok(principal);
  }
  const edit = deps.tokens.hash("gne", token);
  if (edit === null) return byReceipt(deps, token);
  const found = await deps.readers.comments.byEditTokenHash(edit);
  return found === null || found.author.status === "erased"
    ? INVALID
    : ok({ kind: "edit-token", comment: found.comment.id, subject: found.author.id });
};

/**
 * What a key signed that leaked later: hers, if the trail tells of this very receipt. Without it whoever has the key could
 * speak for anybody; and she must not lose her only credential by our leak (GDPR Art. 7(3)).
 */
const loggedReceipt = async (deps: Deps, jws: string): Promise<Json | null> => {
  const document = await deps.documents.verifyRevoked("receipt", jws);
  if (document === null) return null;
  const { payload, revoked_at } = document;
  const id = parseId<AuditEntryId>(entryOf(payload) ?? "");
  const entry = id === null ? null : await deps.readers.audit.byId(id);
  if (entry === null || entry.created_at >= revoked_at) return null;
  const isOurs = (await deps.auditSeals.open()).isSealed(entry);
  return isOurs && tellsOf(entry.details, receiptHash(deps.auditSeals.sha256, payload)) ? payload : null;
};

/** A receipt speaks for its holder as long as the decision it tells of is on record, and she is not erased. */
const byReceipt = async (deps: Deps, jws: string): Promise<Result<Principal, AppError>> => {
  const payload = (await deps.documents.verify("receipt", jws)) ?? (await loggedReceipt(deps, jws));
  const holder = payload === null ? null : receiptHolder(payload);
  if (holder === null) return INVALID;
  const [subject, consent] = await Promise.all([
    deps.readers.subjects.byId(holder.subject),
    deps.readers.consents.byId(holder.consent),
  ]);
  return subject === null || subject.status === "erased" || consent?.subject_id !== subject.id
    ? INVALID
    : ok({ kind: "receipt", subject, consent: consent.id });
};

const bySession = async (deps: Deps, hash: TokenHash): Promise<Principal | null> => {
  const found = await deps.readers.sessions.byTokenHash(hash);
  if (found === null || !isLive(found.session, found.subject, deps.clock.now())) return null;
  return { kind: "session", ...found, permissions: sessionPermissions(found.session, found.subject) };
};

const byVisitor = async (deps: Deps, cookie: string): Promise<Principal | null> => {
  const payload = await deps.signer.verify("subject", cookie);
  const id = payload === null ? null : parseId<SubjectId>(payload);
  const subject = id === null ? null : await deps.readers.subjects.byId(id);
  return subject === null || subject.status === "erased" ? null : { kind: "visitor", subject };
};
