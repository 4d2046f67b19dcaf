import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { subjectOf } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { badCursor, pageOf } from "../paging.ts";
import { standing } from "./situation.ts";

/** What stands now. A visitor nobody knows has decided nothing: that is an answer, not an error. */
export const currentConsent =
  (deps: Deps): Application["consent"]["currentConsent"] =>
  async (caller) => {
    const { readers } = deps;
    const subject = subjectOf(caller.principal);
    const [record, policy] = await Promise.all([
      subject === null ? null : readers.consents.latest(subject.id),
      readers.consentPolicies.current(),
    ]);
    return ok(standing(deps, subject, record, policy, caller.gpc));
  };

const SEQUENCE = /^[1-9][0-9]{0,14}$/;

/** Every record of the subject, newest first. */
export const consentHistory =
  ({ readers }: Deps): Application["consent"]["consentHistory"] =>
  async (caller, { limit, cursor }) => {
    const subject = subjectOf(caller.principal);
    if (subject === null) return err({ type: "credential-required" });
    if (cursor !== null && !SEQUENCE.test(cursor)) return badCursor();
    const rows = await readers.consents.history(
      subject.id,
      cursor === null ? null : Number(cursor),
      limit + 1,
    );
    return ok(
      pageOf(
        rows,
        limit,
        (last) => String(last.sequence),
        (record) => record,
      ),
    );
  };
