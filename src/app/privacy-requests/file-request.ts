import { cancelRequest } from "../../domain/privacy-requests/answer-request.ts";
import { isAskedAlready, newRequest, overtakenBy } from "../../domain/privacy-requests/new-request.ts";
import { type PrivacyRequest, STATEMENT_MAX } from "../../domain/privacy-requests/privacy-request.ts";
import { receiveRequest } from "../../domain/privacy-requests/receive-request.ts";
import { withUse } from "../../domain/retention/with-use.ts";
import type { Subject } from "../../domain/roles/subject.ts";
import { canonicalJson, type Json } from "../../domain/shared/canonical-json.ts";
import type { Changes } from "../../domain/shared/changes.ts";
import type { PrivacyRequestId } from "../../domain/shared/ids.ts";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import { parseText } from "../../domain/shared/text.ts";
import type { Application, PrivacyRequestInput } from "../application.ts";
import type { Caller } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import type { AppError, InvalidField } from "../errors.ts";
import { enacted, mailsTo, withRequestMails } from "./enact.ts";
import { openingOf } from "./opening-of.ts";
import { parseRectification, type RectificationInput } from "./rectification.ts";
import type { RequestNews } from "./request-letter.ts";
import { requestMail } from "./request-mail.ts";
import { requestView, sealedTextOrNull } from "./request-view.ts";
import { type Requester, requesterOf } from "./requester.ts";

/** A person's requests that are looked through for one that is open already. */
export const REQUESTS_MAX = 1_000;

type Parsed = Omit<PrivacyRequestInput, "rectification"> & {
  readonly rectification: RectificationInput | null;
};

/** Each detail goes with one type; what that type cannot do without must be there. */
const DETAILS = [
  { field: "comments", type: "erasure", needed: true },
  { field: "purpose", type: "objection", needed: true },
  { field: "ground", type: "restriction", needed: true },
  { field: "rectification", type: "rectification", needed: false },
] as const;

export const parseRequest = (
  deps: Pick<Deps, "sanitizer">,
  input: PrivacyRequestInput,
): Result<Parsed, AppError> => {
  const errors: InvalidField[] = DETAILS.flatMap(({ field, type, needed }): InvalidField[] => {
    if (input[field] !== null && input.type !== type) {
      return [{ pointer: `/${field}`, reason: "not-for-this-type" }];
    }
    return needed && input.type === type && input[field] === null
      ? [{ pointer: `/${field}`, reason: "missing" }]
      : [];
  });
  const statement = input.statement === null ? null : parseText(input.statement, STATEMENT_MAX);
  if (statement !== null && !statement.ok) errors.push({ pointer: "/statement", reason: statement.error });
  const { rectification } = input;
  const nothing = rectification === null || Object.values(rectification).every((value) => value === null);
  if (input.type === "rectification" && nothing && statement === null) {
    errors.push({ pointer: "/statement", reason: "missing" });
  }
  const [first, ...rest] = errors;
  if (first !== undefined) return err({ type: "invalid-input", errors: [first, ...rest] });
  const values = nothing || rectification === null ? ok(null) : parseRectification(deps, rectification);
  if (!values.ok) return values;
  return ok({
    ...input,
    statement: statement?.ok === true ? statement.value : null,
    rectification: values.value,
  });
};

/** Which link has to be followed before anything is done: one at a new address, or one at the address on file. */
const confirmation = (
  deps: Deps,
  requester: Requester,
  { rectification }: Parsed,
): Result<{ readonly address: string } | null, AppError> => {
  const email = rectification?.email ?? null;
  // Two proofs would be needed, of the old mailbox and of the new: signing in is the first.
  if (email !== null && requester.channel !== "session") return err({ type: "stronger-proof-required" });
  if (email !== null) return ok({ address: email });
  const { confirmBy } = requester;
  return ok(
    confirmBy === null
      ? null
      : { address: deps.sealer.open(confirmBy.ciphertext, `identities:email:${requester.subject.id}`) },
  );
};

/** An edit token opens one comment: with it no other one is put right. */
const isBeyond = ({ principal }: Caller, { rectification }: Parsed): boolean =>
  principal.kind === "edit-token" &&
  rectification?.comment !== null &&
  rectification?.comment !== undefined &&
  rectification.comment.id !== principal.comment;

export const confirmationUrl = (
  { policies }: Pick<Deps, "policies">,
  id: PrivacyRequestId,
  token: string,
): string => `${policies.publicUrl}/confirm-request#${id}.${token}`;

/** The changes, and the end of what these overtake. */
const withOvertaken = async (
  deps: Deps,
  caller: Caller,
  changes: Changes,
  state: { readonly subject: Subject; readonly others: readonly PrivacyRequest[] },
  overtaken: readonly PrivacyRequest[],
): Promise<Changes> => {
  let all = changes;
  for (const request of overtaken) {
    const ended = cancelRequest(request, state, await occasionOf(deps, caller));
    if (!ended.ok) throw new Error("what nobody confirmed can be cancelled");
    const { writes, audit } = ended.value.changes;
    all = { ...all, writes: [...all.writes, ...writes], audit: [...all.audit, ...audit] };
  }
  return all;
};

export const fileRequest =
  (deps: Deps): Application["privacyRequests"]["file"] =>
  async (caller, input) => {
    const parsed = parseRequest(deps, input);
    if (!parsed.ok) return parsed;
    const wanted = parsed.value;
    if (isBeyond(caller, wanted)) return err({ type: "not-found" });
    return decideAndCommit(deps, caller, async () => {
      const requester = await requesterOf(deps, caller);
      if (!requester.ok) return requester;
      const { subject, identities, channel } = requester.value;
      const toConfirm = confirmation(deps, requester.value, wanted);
      if (!toConfirm.ok) return toConfirm;
      const others = await deps.readers.privacyRequests.ofSubject(subject.id, null, REQUESTS_MAX);
      const kind = { type: wanted.type, purpose: wanted.purpose, channel };
      if (isAskedAlready(others, kind)) return err({ type: "request-already-open" });
      const occasion = await occasionOf(deps, caller);
      const id = deps.ids.next<PrivacyRequestId>();
      const link = toConfirm.value === null ? null : deps.tokens.issue("gnp");
      const rectification =
        wanted.rectification === null || link === null
          ? null
          : canonicalJson(wanted.rectification as unknown as Json);
      const request = newRequest(
        {
          id,
          subject_id: subject.id,
          type: wanted.type,
          channel,
          comments: wanted.comments,
          purpose: wanted.purpose,
          restriction_ground: wanted.ground,
          statement: sealedTextOrNull(deps, id, "statement", wanted.statement),
          rectification: sealedTextOrNull(deps, id, "rectification", rectification),
          contact: null,
          received_at: occasion.now,
          token_hash: link?.hash ?? null,
        },
        deps.policies.calendar,
        occasion.now,
      );
      const read =
        link === null
          ? await openingOf(deps, caller, request, requester.value, wanted.rectification)
          : ok(null);
      if (!read.ok) return read;
      const decided = receiveRequest(request, read.value?.situation ?? null, occasion);
      const changes = await withOvertaken(
        deps,
        caller,
        await enacted(deps, decided, subject.id, read.value?.rectified ?? null, occasion.now),
        { subject, others },
        overtakenBy(others, kind),
      );
      const done: RequestNews =
        decided.request.state === "completed" ? { kind: "completed", answer: null } : { kind: "received" };
      const mails =
        link === null || toConfirm.value === null
          ? mailsTo(deps, decided.request, identities, [done], occasion.now)
          : [
              requestMail(
                deps,
                { address: toConfirm.value.address, subject: subject.id },
                decided.request,
                { kind: "confirm", link: confirmationUrl(deps, id, link.token) },
                occasion.now,
              ),
            ];
      return ok({
        changes: withRequestMails(withUse(changes, subject, occasion), mails),
        value: requestView(deps, decided.request, occasion.now),
      });
    });
  };
