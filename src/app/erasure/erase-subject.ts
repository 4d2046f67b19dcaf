import type { CommentChoice } from "../../domain/anonymization/erase-comment.ts";
import {
  advanceErasure,
  beginErasure,
  certifyErasure,
  holdErasure,
  postponeErasure,
  reopenErasure,
} from "../../domain/erasure/advance-erasure.ts";
import { certificateOf } from "../../domain/erasure/certificate.ts";
import type { Erasure, ErasureStep } from "../../domain/erasure/erasure.ts";
import type { Findings } from "../../domain/erasure/findings.ts";
import type { LegalHold } from "../../domain/retention/legal-hold.ts";
import type { Subject } from "../../domain/roles/subject.ts";
import type { Changes } from "../../domain/shared/changes.ts";
import type { ErasureId, KeyedHash, SubjectId } from "../../domain/shared/ids.ts";
import { MINUTE, plus, plusDays } from "../../domain/shared/instant.ts";
import { SYSTEM_CALLER } from "../caller.ts";
import { occasionOf } from "../commit.ts";
import { withEvents } from "../recipients/with-events.ts";
import { newWork, openWork, sealWork } from "./erasure-work.ts";
import { holdOnHer, holdOnTouched } from "./held.ts";
import { requestsStep, withAnsweredRequests } from "./her-requests.ts";
import { auditStep, subjectStep } from "./last-steps.ts";
import { lookForHer } from "./look.ts";
import {
  commentsStep,
  consentsStep,
  deliveriesStep,
  ledgerStep,
  reportsStep,
  sessionsStep,
  vaultStep,
} from "./own-records.ts";
import {
  answersStep,
  holdsStep,
  linksStep,
  mailsStep,
  mentionsStep,
  notesStep,
  settingsStep,
  statementsStep,
} from "./residue.ts";
import type { Batch, EraseDeps, Step, StepContext } from "./step.ts";

const STEPS: Readonly<Record<Exclude<ErasureStep, "look">, Step>> = {
  ledger: ledgerStep,
  vault: vaultStep,
  links: linksStep,
  sessions: sessionsStep,
  comments: commentsStep,
  reports: reportsStep,
  deliveries: deliveriesStep,
  requests: requestsStep,
  consents: consentsStep,
  mails: mailsStep,
  answers: answersStep,
  mentions: mentionsStep,
  notes: notesStep,
  statements: statementsStep,
  holds: holdsStep,
  settings: settingsStep,
  audit: auditStep,
  subject: subjectStep,
};

/** What recipients are told with the last of it (GDPR Art. 19). */
const ERASED = { type: "subject.erased", reference: null, due_at: null } as const;

/** How often a batch is decided anew because others came first, before the erasure is left to the next run. */
const ATTEMPTS = 20;

export type ErasureOutcome =
  /** `nothing`: no such person, or she was erased before there was a record of it. */
  | { readonly type: "nothing" }
  | { readonly type: "done"; readonly erasure: Erasure }
  | { readonly type: "held"; readonly erasure: Erasure }
  | { readonly type: "residue"; readonly erasure: Erasure; readonly places: Findings }
  /** Not finished now, and gone on with by the next run. */
  | { readonly type: "open"; readonly erasure: Erasure };

type Turn =
  | { readonly type: "moved" }
  | { readonly type: "conflict" }
  | { readonly type: "ended"; readonly outcome: ErasureOutcome };

const commit = async (deps: EraseDeps, changes: Changes): Promise<boolean> =>
  (await deps.unitOfWork.commit(changes)).ok;

const stored = async (deps: EraseDeps, erasure: Erasure): Promise<Erasure> => {
  const found = await deps.readers.erasures.byId(erasure.id);
  if (found === null) throw new Error("an erasure that has begun is kept");
  return found;
};

const hold = async (deps: EraseDeps, erasure: Erasure, { id }: LegalHold): Promise<Turn> => {
  const held = holdErasure(erasure, id, await occasionOf(deps, SYSTEM_CALLER));
  if (held !== null && !(await commit(deps, held))) return { type: "conflict" };
  return { type: "ended", outcome: { type: "held", erasure: await stored(deps, erasure) } };
};

const finish = async (context: StepContext): Promise<Turn> => {
  const { deps, erasure, work } = context;
  const { places, retained, complete } = await lookForHer(context);
  const occasion = await occasionOf(deps, SYSTEM_CALLER);
  if (!complete) {
    const again = plus(occasion.now, MINUTE);
    if (!(await commit(deps, postponeErasure(erasure, again, occasion)))) return { type: "conflict" };
    return { type: "ended", outcome: { type: "open", erasure: await stored(deps, erasure) } };
  }
  if (Object.keys(places).length > 0) {
    if (!(await commit(deps, reopenErasure(erasure, places, occasion)))) return { type: "conflict" };
    const outcome = { type: "residue", erasure: await stored(deps, erasure), places } as const;
    return { type: "ended", outcome };
  }
  const original_data_hash = deps.signer.digest(`${work.salt}${work.digest}`) as KeyedHash;
  const document = await deps.documents.sign(
    "report",
    certificateOf(
      {
        erasure,
        finished_at: occasion.now,
        original_data_hash,
        unlinked: work.unlinked,
        last_backup_expires_at: plusDays(occasion.now, deps.policies.backupRetentionDays),
        recipients: work.recipients,
        retained,
      },
      (moment) => new Date(moment).toISOString(),
    ),
  );
  const certificate = { id: deps.ids.next<never>(), document, original_data_hash };
  const certified = certifyErasure(erasure, certificate, occasion);
  if (!(await commit(deps, await withAnsweredRequests(context, certified, document, occasion)))) {
    return { type: "conflict" };
  }
  // What the erasure worked with has just been overwritten: it goes from the old pages as well.
  await deps.physicalErasure.scrub(false);
  return { type: "ended", outcome: { type: "done", erasure: await stored(deps, erasure) } };
};

/** One batch, or the look at the end. */
const turn = async (deps: EraseDeps, erasure: Erasure, subject: Subject): Promise<Turn> => {
  if (erasure.step !== "ledger" && erasure.work === null)
    throw new Error("an erasure lost what it looks for");
  const work = openWork(deps, erasure) ?? newWork(deps, [], null);
  const context: StepContext = { deps, erasure, subject, work };
  if (erasure.step === "look") return finish(context);
  // Asked before the ledger is written, so that nothing at all is done while a hold stands.
  const holds = await deps.readers.legalHolds.guardVersion();
  const onHer = await holdOnHer(deps, subject.id);
  if (onHer !== null) return hold(deps, erasure, onHer);
  const batch: Batch = await STEPS[erasure.step](context);
  const onTouched = await holdOnTouched(deps, batch.touched);
  if (onTouched !== null) return hold(deps, erasure, onTouched);
  const occasion = await occasionOf(deps, SYSTEM_CALLER);
  const { writes, step, cursor, counted } = batch;
  const sealed = sealWork(deps, erasure, batch.work);
  const changes = advanceErasure(
    { erasure, subject, holds },
    { writes, step, cursor, counted, work: sealed },
    occasion,
  );
  const told =
    step === "look" && subject.status !== "erased"
      ? withEvents(deps, changes, [{ ...ERASED, subject: subject.id }], occasion.now)
      : changes;
  return (await commit(deps, told)) ? { type: "moved" } : { type: "conflict" };
};

/**
 * Carries an erasure on to its end, batch by batch. Killed at any moment, it goes on where it was; run twice at once,
 * each batch is stored by one of the two. `goesOn` is asked before every batch.
 */
export const carryOn = async (
  deps: EraseDeps,
  id: ErasureId,
  goesOn: () => Promise<boolean> = async () => true,
): Promise<ErasureOutcome> => {
  let conflicts = 0;
  for (;;) {
    const erasure = await deps.readers.erasures.byId(id);
    if (erasure === null) return { type: "nothing" };
    if (erasure.status === "done") return { type: "done", erasure };
    if (conflicts >= ATTEMPTS || !(await goesOn())) return { type: "open", erasure };
    const subject = await deps.readers.subjects.byId(erasure.subject_id);
    if (subject === null) return { type: "nothing" };
    const turned = await turn(deps, erasure, subject);
    if (turned.type === "ended") return turned.outcome;
    conflicts = turned.type === "conflict" ? conflicts + 1 : 0;
  }
};

/**
 * Erases a person who is known by her id alone (GDPR Art. 17): begins, unless it has begun, and carries on to the end.
 * Doing it again does nothing more. Rejects with StorageFailure, and when the ledger cannot be written.
 */
export const eraseSubject =
  (deps: EraseDeps) =>
  async (
    input: { readonly subject: SubjectId; readonly comments: CommentChoice },
    goesOn?: () => Promise<boolean>,
  ): Promise<ErasureOutcome> => {
    const begun = await begin(deps, input);
    return begun === null ? { type: "nothing" } : carryOn(deps, begun.id, goesOn);
  };

/** The erasure of this person, begun now unless it was before; null when there is nobody to erase. */
export const begin = async (
  deps: EraseDeps,
  input: { readonly subject: SubjectId; readonly comments: CommentChoice },
): Promise<Erasure | null> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const [subject, existing, admins] = await Promise.all([
      deps.readers.subjects.byId(input.subject),
      deps.readers.erasures.ofSubject(input.subject),
      deps.readers.subjects.admins(),
    ]);
    if (subject === null) return null;
    const begun = beginErasure(
      { subject, existing, admins },
      { id: deps.ids.next(), comments: input.comments },
      await occasionOf(deps, SYSTEM_CALLER),
    );
    if (begun === null) return null;
    if (begun.changes === null || (await commit(deps, begun.changes))) return begun.erasure;
  }
  return null;
};
