import { redactComment } from "../../domain/anonymization/erase-comment.ts";
import { EMPTY } from "../../domain/anonymization/erase-record.ts";
import { speaksOf, withoutMentions } from "../../domain/anonymization/mentions.ts";
import { rarePassagesOf, withoutQuotations } from "../../domain/anonymization/quotations.ts";
import { wordsOf } from "../../domain/anonymization/words.ts";
import type { IdempotentAnswer } from "../../domain/idempotency/idempotent-answer.ts";
import type { OutgoingMail } from "../../domain/personal-data/records.ts";
import { SEAL_CONTEXTS } from "../../domain/personal-data/sealed-fields.ts";
import type { PrivacyRequest } from "../../domain/privacy-requests/privacy-request.ts";
import type { Settable, Write } from "../../domain/shared/changes.ts";
import { parseId } from "../../domain/shared/ids.ts";
import { SealBroken } from "../../ports/secrets.ts";
import { openedMail } from "../mail/outgoing-mail.ts";
import { openedText, type SealedText, sealedText } from "../privacy-requests/request-view.ts";
import { mooted } from "./her-requests.ts";
import { needlesOf, type Step, type StepContext, walking } from "./step.ts";

const byId = ({ id }: { readonly id: string }): string => id;

/** What cannot be opened under any key that is here can be read by nobody else either; the rotation of keys tells of it. */
export const unlessBroken = <T>(open: () => T): T | null => {
  try {
    return open();
  } catch (failure) {
    if (failure instanceof SealBroken) return null;
    throw failure;
  }
};

/** Sign-in links that were asked for with her address, whoever asked. */
export const linksStep: Step = async (context) => {
  const { blindIndexer } = context.deps;
  const indexes = new Set(
    await Promise.all(context.work.values.addresses.map((address) => blindIndexer.index("email", address))),
  );
  return walking(context, "sign_in_links", byId, ({ id, version, email_index }) =>
    indexes.has(email_index) ? { op: "delete", from: "sign_in_links", id, version } : null,
  );
};

const folded = (text: string): string =>
  wordsOf(text)
    .map((word) => word.folded)
    .join(" ");

/** Whether a mail that waits is hers, goes to her, names her, or quotes a reply of hers that was removed. */
const isOfHer = (context: StepContext, mail: OutgoingMail): boolean => {
  const { deps, subject, work } = context;
  if (mail.subject_id === subject.id) return true;
  const opened = unlessBroken(() => openedMail(deps, mail));
  if (opened === null) return false;
  if (work.values.addresses.includes(opened.to)) return true;
  const text = `${opened.subject}\n${opened.text}`;
  if (speaksOf(text, needlesOf(work))) return true;
  const words = work.quoted.length === 0 ? "" : folded(text);
  return work.quoted.some((passage) => words.includes(passage));
};

export const mailsStep: Step = async (context) =>
  walking(context, "outgoing_mails", byId, (mail) =>
    isOfHer(context, mail)
      ? { op: "delete", from: "outgoing_mails", id: mail.id, version: mail.version }
      : null,
  );

/** The comment that an answer shows is hers, or was: the moderator who was answered may see it again elsewhere. */
const showsHerComment = async ({ deps, subject, work }: StepContext, answer: string): Promise<boolean> => {
  const shown = JSON.parse(answer) as { readonly id?: unknown } | null;
  const id = typeof shown?.id === "string" ? parseId<never>(shown.id) : null;
  if (id === null) return false;
  const found = await deps.readers.comments.byId(id);
  const of = found?.comment.subject_id;
  return of === subject.id || of === work.anonymous.comments;
};

/** Hers go; somebody else's that shows her is emptied: repeating that request then says only that it was done. */
const answerWithoutHer = async (context: StepContext, row: IdempotentAnswer): Promise<Write | null> => {
  const { deps, subject, work } = context;
  const { id, version } = row;
  if (row.subject_id === subject.id) return { op: "delete", from: "idempotent_answers", id, version };
  const sealed = row.answer;
  if (sealed === null) return null;
  const answer = unlessBroken(() =>
    deps.sealer.open(sealed, SEAL_CONTEXTS.idempotent_answers.answer({ id })),
  );
  if (answer === null) return null;
  return speaksOf(answer, needlesOf(work)) || (await showsHerComment(context, answer))
    ? { op: "update", in: "idempotent_answers", id, version, set: { answer: null } }
    : null;
};

export const answersStep: Step = async (context) =>
  walking(context, "idempotent_answers", byId, (row) => answerWithoutHer(context, row));

/** Takes out what leads to her, and what is quoted of her removed texts at such length that nobody else wrote it. */
const redactor = ({ work }: StepContext) => {
  const needles = needlesOf(work);
  const passages = rarePassagesOf(work.removed);
  return {
    needles,
    without: (text: string): string => withoutQuotations(withoutMentions(text, needles), passages),
  };
};

/** What anybody else wrote of her, in comments and, to moderators, in notes and reports. */
export const mentionsStep: Step = async (context) => {
  const { needles, without } = redactor(context);
  return walking(context, "comments", byId, (comment) => {
    const content = without(comment.content);
    const write = redactComment(comment, content);
    if (comment.moderation_note === null || !speaksOf(comment.moderation_note, needles)) return write;
    const set = write?.op === "update" && write.in === "comments" ? write.set : {};
    const { id, version } = comment;
    return { op: "update", in: "comments", id, version, set: { ...set, moderation_note: null } };
  });
};

export const notesStep: Step = async (context) => {
  const needles = needlesOf(context.work);
  return walking(context, "comment_reports", byId, ({ id, version, reason }) =>
    speaksOf(reason, needles)
      ? { op: "update", in: "comment_reports", id, version, set: { reason: "" } }
      : null,
  );
};

const TEXTS = ["statement", "extension_reason", "answer"] as const;

/** What somebody else asked for and was answered, without her name in it; what is to be put right is said anew. */
const requestWithoutHer = (
  context: StepContext,
  { needles, without }: ReturnType<typeof redactor>,
  request: PrivacyRequest,
): Write | null => {
  const { deps, subject, work } = context;
  const { id, version, subject_id } = request;
  if (subject_id === subject.id) return null;
  const read = (field: SealedText): string | null => unlessBroken(() => openedText(deps, request, field));
  const isFromHer = work.values.addresses.includes(read("contact") ?? "");
  if (isFromHer && subject_id === null) {
    // Nobody knew it to be hers: it goes as hers do.
    const set = { ...EMPTY.privacy_requests, ...mooted(deps, request) };
    return { op: "update", in: "privacy_requests", id, version, set };
  }
  const redacted = TEXTS.flatMap((field) => {
    const text = read(field);
    const left = text === null ? null : without(text);
    return left === null || left === text ? [] : [[field, sealedText(deps, id, field, left)] as const];
  });
  const set: Settable<"privacy_requests"> = {
    ...Object.fromEntries(redacted),
    ...(isFromHer ? { contact: null } : {}),
    ...(speaksOf(read("rectification") ?? "", needles) ? { rectification: null } : {}),
  };
  return Object.keys(set).length === 0 ? null : { op: "update", in: "privacy_requests", id, version, set };
};

/** What others wrote of her when they asked for something by right, and what they were answered. */
export const statementsStep: Step = async (context) => {
  const her = redactor(context);
  return walking(context, "privacy_requests", byId, (request) => requestWithoutHer(context, her, request));
};

/** A hold that has ended needs no reason that names her. */
export const holdsStep: Step = async (context) => {
  const needles = needlesOf(context.work);
  return walking(context, "legal_holds", byId, ({ id, version, reason, lifted_at }) =>
    lifted_at !== null && speaksOf(reason, needles)
      ? { op: "update", in: "legal_holds", id, version, set: { reason: "" } }
      : null,
  );
};

/** Settings that she wrote as staff no longer say so. */
export const settingsStep: Step = async (context) =>
  walking(
    context,
    "system_config",
    ({ key }) => key,
    ({ key, version, updated_by }) =>
      updated_by === context.subject.id
        ? {
            op: "update",
            in: "system_config",
            id: key,
            version,
            set: { updated_by: context.deps.ids.subject() },
          }
        : null,
  );
