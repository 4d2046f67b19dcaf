import { eraseComment, redactComment } from "../../domain/anonymization/erase-comment.ts";
import { erasedFields, eraseRecord } from "../../domain/anonymization/erase-record.ts";
import { needlesNearHer, withoutMentions } from "../../domain/anonymization/mentions.ts";
import {
  bareTextOf,
  excerptsOf,
  passagesOf,
  withoutQuotations,
} from "../../domain/anonymization/quotations.ts";
import type { Comment } from "../../domain/comments/comment.ts";
import type { ErasureWork } from "../../domain/erasure/erasure.ts";
import type { CommentId } from "../../domain/shared/ids.ts";
import { DAY, type Instant } from "../../domain/shared/instant.ts";
import { newWork } from "./erasure-work.ts";
import { letterAddress } from "./last-letter.ts";
import { withNobody } from "./nobody.ts";
import {
  type BatchMaker,
  makeBatch,
  needlesOf,
  PAGE,
  type Step,
  type StepContext,
  WRITES_MAX,
} from "./step.ts";

const EXCERPTS_MAX = 300;
const FRAGMENTS_MAX = 100;
const QUOTED_MAX = 2_000;
/** Characters of all her removed texts together. */
const REMOVED_MAX = 60_000;
/** Longer than a notification waits to be sent. */
const NEWS = 7 * DAY;
const FRAGMENT_MIN = 16;

/** Learns what to look for, and writes the ledger before anything is destroyed. */
export const ledgerStep: Step = async (context) => {
  const { deps, erasure } = context;
  const identities = await deps.readers.identities.ofSubject(erasure.subject_id);
  const letterTo = await letterAddress(deps, erasure.subject_id, identities);
  const work = newWork(deps, identities, letterTo);
  await deps.ledger.append([
    { kind: "erasure", subject: erasure.subject_id, at: erasure.created_at, comments: erasure.comments },
  ]);
  await deps.ledger.forget(erasure.subject_id);
  const batch = makeBatch(context);
  batch.change(() => work);
  return batch.end("next");
};

/** The link to the person. After this her id leads to nobody. */
export const vaultStep: Step = async (context) => {
  const { readers } = context.deps;
  const [identities, preferences] = await Promise.all([
    readers.identities.ofSubject(context.subject.id),
    readers.mailPreferences.ofSubject(context.subject.id),
  ]);
  const batch = makeBatch(context);
  const severance = { subject: context.subject.id, anonymous: context.work.anonymous.comments };
  for (const line of identities) batch.add("identities", line, eraseRecord("identities", line, severance));
  if (preferences !== null) {
    batch.add("mail_preferences", preferences, eraseRecord("mail_preferences", preferences, severance));
  }
  return batch.end("next");
};

/** Her records of a collection that is deleted, or no longer hers once written: always the first page that is left. */
const ofSubject =
  (collection: "sessions" | "comment_reports"): Step =>
  async (context) => {
    const { deps, subject, work } = context;
    const rows = await deps.readers.personalData.ofSubject(collection, subject.id, null, PAGE);
    const batch = makeBatch(context);
    const severance = { subject: subject.id, anonymous: work.anonymous.comments };
    for (const row of rows) batch.add(collection, row, eraseRecord(collection, row as never, severance));
    return batch.end(rows.length < PAGE ? "next" : { cursor: null });
  };

/** What recipients were still to be told of her is overtaken: of the erasure itself they are told with the last step. */
export const deliveriesStep: Step = async (context) => {
  const { deps, subject, work } = context;
  const rows = await deps.readers.personalData.ofSubject("webhook_deliveries", subject.id, null, PAGE);
  const batch = makeBatch(context);
  const severance = { subject: subject.id, anonymous: work.anonymous.comments };
  for (const row of rows) {
    const { id, version, closed_at } = row;
    const set = {
      ...erasedFields("webhook_deliveries", row, severance),
      ...(closed_at === null ? { closed_at: deps.clock.now(), next_attempt_at: null } : {}),
    };
    batch.add("webhook_deliveries", row, { op: "update", in: "webhook_deliveries", id, version, set });
  }
  return batch.end(rows.length < PAGE ? "next" : { cursor: null });
};

export const sessionsStep = ofSubject("sessions");
export const reportsStep = ofSubject("comment_reports");

export const consentsStep: Step = async (context) => {
  const { deps, subject, work } = context;
  const rows = await deps.readers.consents.history(subject.id, null, PAGE);
  const batch = makeBatch(context);
  const severance = { subject: subject.id, anonymous: work.anonymous.consents };
  for (const row of rows) batch.add("consents", row, eraseRecord("consents", row, severance));
  const ended = batch.end(rows.length < PAGE ? "next" : { cursor: null });
  return { ...ended, writes: await withNobody(context, severance.anonymous, ended.writes) };
};

/** Replies to her, and replies to those that quote her: without her name, her parts of it, and her removed words. */
const redactReplies = async (context: StepContext, hers: Comment, goes: boolean, batch: BatchMaker) => {
  const { deps, subject, work } = context;
  const near = needlesNearHer(work.values);
  const passages = goes ? passagesOf(hers.content) : new Set<string>();
  const parents: CommentId[] = [hers.id];
  for (let parent = parents.shift(); parent !== undefined; parent = parents.shift()) {
    let after: CommentId | null = null;
    for (;;) {
      const replies: readonly Comment[] = await deps.readers.comments.repliesTo(parent, after, PAGE);
      for (const reply of replies) {
        if (reply.subject_id === subject.id) continue;
        const unquoted = withoutQuotations(reply.content, passages);
        if (unquoted !== reply.content) parents.push(reply.id);
        batch.add("comments", reply, redactComment(reply, withoutMentions(unquoted, near)));
        if (batch.size() >= WRITES_MAX) return;
      }
      const last = replies.at(-1);
      if (last === undefined || replies.length < PAGE) break;
      after = last.id;
    }
  }
};

/** What others reported about her comment speaks of her. */
const emptyReports = async ({ deps }: StepContext, hers: Comment, batch: BatchMaker): Promise<void> => {
  let after: Parameters<typeof deps.readers.commentReports.onComment>[1] = null;
  for (;;) {
    const reports = await deps.readers.commentReports.onComment(hers.id, after, PAGE);
    for (const report of reports) {
      if (report.reason === "" || report.subject_id === hers.subject_id) continue;
      const { id, version } = report;
      batch.add("comment_reports", report, {
        op: "update",
        in: "comment_reports",
        id,
        version,
        set: { reason: "" },
      });
      if (batch.size() >= WRITES_MAX) return;
    }
    const last = reports.at(-1);
    if (last === undefined || reports.length < PAGE) return;
    after = last.id;
  }
};

const fragmentsOf = (html: string): readonly string[] =>
  html
    .split(/<[^>]*>|&[^;]*;/)
    .filter((piece) => piece.length >= FRAGMENT_MIN)
    .map((piece) => piece.slice(0, 48));

/** The first of them that have room. */
const withRoom = (texts: readonly string[]): readonly string[] => {
  let room = REMOVED_MAX;
  return texts.filter((text) => {
    room -= text.length;
    return room >= 0;
  });
};

/** Remembers, while there is room, what to look for of a text that goes. */
const remembering =
  (hers: Comment, now: Instant) =>
  (work: ErasureWork): ErasureWork => {
    const excerpts = excerptsOf(hers.content);
    const news = Math.max(hers.created_at, hers.moderated_at ?? 0) > now - NEWS;
    return {
      ...work,
      excerpts: [...work.excerpts, ...excerpts].slice(0, EXCERPTS_MAX),
      removed: withRoom([...work.removed, bareTextOf(hers.content)]),
      fragments: [...work.fragments, ...fragmentsOf(hers.content)].slice(0, FRAGMENTS_MAX),
      quoted: news ? [...work.quoted, ...excerpts].slice(0, QUOTED_MAX) : work.quoted,
    };
  };

/** Her comments, a few at a time, each after the replies and reports that would lead to her. */
export const commentsStep: Step = async (context) => {
  const { deps, erasure, subject, work } = context;
  const rows = await deps.readers.personalData.ofSubject("comments", subject.id, null, PAGE);
  const batch = makeBatch(context);
  const severance = { subject: subject.id, anonymous: work.anonymous.comments };
  let done = 0;
  for (const row of rows) {
    const write = eraseComment(row, severance, erasure.comments, needlesOf(work));
    const goes = write?.op === "update" && write.in === "comments" && write.set.content === "";
    await redactReplies(context, row, goes, batch);
    await emptyReports(context, row, batch);
    // What leads to a comment goes before it: once it is no longer hers, nobody would find it.
    if (batch.size() >= WRITES_MAX) break;
    if (goes) batch.change(remembering(row, deps.clock.now()));
    batch.add("comments", row, write);
    done += 1;
  }
  const ended = batch.end(done === rows.length && rows.length < PAGE ? "next" : { cursor: null });
  return { ...ended, writes: await withNobody(context, severance.anonymous, ended.writes) };
};
