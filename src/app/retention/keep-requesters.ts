import { keepRequesters as keep } from "../../domain/retention/keep-requesters.ts";
import type { RetentionRun } from "../../domain/retention/retention-run.ts";
import type { Subject } from "../../domain/roles/subject.ts";
import type { AuditEntryId, SubjectId } from "../../domain/shared/ids.ts";
import type { InboxPosition } from "../../ports/privacy-request-reader.ts";
import { SYSTEM_CALLER } from "../caller.ts";
import { occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";

/** Requests looked at in one commit. */
const PAGE = 100;

const EVERY = { state: null, type: null } as const;

type KeepDeps = Pick<Deps, "readers" | "unitOfWork" | "clock" | "ids" | "pseudonymiser" | "policies">;

/** Moves the dates of these people; what has moved meanwhile is read again. */
const keepThese = async (
  deps: KeepDeps,
  run: RetentionRun,
  ids: readonly SubjectId[],
  goesOn: () => Promise<boolean>,
): Promise<boolean> => {
  const occasion = await occasionOf(deps, SYSTEM_CALLER);
  while (await goesOn()) {
    const found = await Promise.all(ids.map((id) => deps.readers.subjects.byId(id)));
    const subjects = found.filter((subject): subject is Subject => subject !== null);
    const changes = keep(run, subjects, { ...occasion, audit_id: deps.ids.next<AuditEntryId>() });
    if (changes === null || (await deps.unitOfWork.commit(changes)).ok) return true;
  }
  return false;
};

/**
 * Before a run comes to the subjects: whoever has asked for something that is not answered for good keeps her vault. A
 * request that comes in later moves her date itself. False: it was stopped.
 */
export const keepRequesters = async (
  deps: KeepDeps,
  run: RetentionRun,
  goesOn: () => Promise<boolean>,
): Promise<boolean> => {
  for (let after: InboxPosition | null = null; ; ) {
    const page = await deps.readers.privacyRequests.inbox(EVERY, after, PAGE);
    const ids = page.flatMap(({ subject_id }) => (subject_id === null ? [] : [subject_id]));
    if (!(await keepThese(deps, run, [...new Set(ids)], goesOn))) return false;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return true;
    after = { due_at: last.due_at, id: last.id };
  }
};
