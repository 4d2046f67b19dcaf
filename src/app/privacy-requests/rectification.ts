import { AUTHOR_NAME_MAX, CONTENT_MAX, type Comment } from "../../domain/comments/comment.ts";
import type { Identity } from "../../domain/personal-data/identity.ts";
import { type Rectified, rectify } from "../../domain/privacy-requests/rectify.ts";
import type { Subject } from "../../domain/roles/subject.ts";
import type { Changes } from "../../domain/shared/changes.ts";
import { parseEmail } from "../../domain/shared/email.ts";
import type { CommentId, SubjectId } from "../../domain/shared/ids.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import { parseText } from "../../domain/shared/text.ts";
import type { Deps } from "../deps.ts";
import type { AppError, InvalidField } from "../errors.ts";
import { openedMail, readdressed } from "../mail/outgoing-mail.ts";
import { openIdentity, sealIdentity } from "../vault.ts";
import type { RectifiedValues } from "./enact.ts";
import { provenEmail } from "./request-mail.ts";

/** What is to be put right; kept sealed with the request until it is. */
export interface RectificationInput {
  readonly name: string | null;
  readonly email: string | null;
  readonly comment: { readonly id: CommentId; readonly content: string } | null;
}

/** Checked, with the comment's text reduced to the allow-list. */
export const parseRectification = (
  { sanitizer }: Pick<Deps, "sanitizer">,
  { name, email, comment }: RectificationInput,
): Result<RectificationInput, AppError> => {
  const errors: InvalidField[] = [];
  const [aName, anEmail] = [
    name === null ? null : parseText(name, AUTHOR_NAME_MAX),
    email === null ? null : parseEmail(email),
  ];
  const content = comment === null ? null : parseText(comment.content, CONTENT_MAX);
  if (aName !== null && !aName.ok) {
    errors.push({ pointer: "/rectification/name", reason: aName.error });
  }
  if (email !== null && anEmail === null) {
    errors.push({ pointer: "/rectification/email", reason: "not-an-email-address" });
  }
  if (content !== null && !content.ok) {
    errors.push({ pointer: "/rectification/comment/content", reason: content.error });
  }
  const [first, ...rest] = errors;
  if (first !== undefined) return err({ type: "invalid-input", errors: [first, ...rest] });
  return ok({
    name: aName?.ok === true ? aName.value : null,
    email: anEmail,
    comment:
      comment === null || content?.ok !== true
        ? null
        : { id: comment.id, content: sanitizer.comment(content.value) },
  });
};

const PAGE = 500;

/**
 * What still waits to be sent, or answered again, may hold the old value: it goes (GDPR Art. 5(1)(d), 16). Letters about
 * requests are owed all the same (Art. 12(3)): they follow her to a new address.
 */
const staleWrites = async (
  deps: Pick<Deps, "readers" | "sealer" | "clock">,
  subject: SubjectId,
  moved: { readonly from: string | null; readonly to: string } | null,
): Promise<Changes["writes"]> => {
  const { personalData } = deps.readers;
  const [mails, answers] = await Promise.all([
    personalData.ofSubject("outgoing_mails", subject, null, PAGE),
    personalData.ofSubject("idempotent_answers", subject, null, PAGE),
  ]);
  const gone = [
    ...mails
      .filter(({ kind }) => kind !== "privacy_request")
      .map(({ id, version }) => ({ op: "delete", from: "outgoing_mails", id, version }) as const),
    ...answers.map(({ id, version }) => ({ op: "delete", from: "idempotent_answers", id, version }) as const),
  ];
  if (moved === null) return gone;
  const letters = mails.filter(
    // A link that shows whose a third mailbox is stays on its way there.
    (mail) => mail.kind === "privacy_request" && openedMail(deps, mail).to === moved.from,
  );
  return [...gone, ...letters.map((mail) => readdressed(deps, mail, moved.to, deps.clock.now()))];
};

/** What putting it right writes, and what the ledger has to know of it. */
export const rectifiedBy = async (
  deps: Deps,
  subject: Subject,
  identities: readonly Identity[],
  comment: Comment | null,
  input: RectificationInput,
  now: Instant,
): Promise<Result<{ readonly rectified: Rectified; readonly values: RectifiedValues }, AppError>> => {
  const index = input.email === null ? null : await deps.blindIndexer.index("email", input.email);
  if (index !== null) {
    const owner = await deps.readers.identities.find("email", index);
    if (owner !== null && owner.subject_id !== subject.id) return err({ type: "address-in-use" });
  }
  const decided = rectify(
    { subject, identities, comment, moderation: deps.policies.moderation },
    {
      name: input.name === null ? null : sealIdentity(deps, subject.id, "name", input.name, null),
      email: input.email === null ? null : sealIdentity(deps, subject.id, "email", input.email, index),
      content: input.comment?.content ?? null,
    },
    now,
  );
  if (!decided.ok) return decided;
  const before = provenEmail(identities);
  const stale = await staleWrites(
    deps,
    subject.id,
    input.email === null
      ? null
      : { from: before === null ? null : openIdentity(deps.sealer, before), to: input.email },
  );
  return ok({
    rectified: { ...decided.value, writes: [...decided.value.writes, ...stale] },
    values: {
      identities: [
        ...(input.name === null ? [] : [{ kind: "name" as const, value: input.name }]),
        ...(input.email === null ? [] : [{ kind: "email" as const, value: input.email }]),
      ],
      comments: input.comment === null ? [] : [input.comment],
    },
  });
};
