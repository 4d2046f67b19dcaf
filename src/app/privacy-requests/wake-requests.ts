import type { OutgoingMail } from "../../domain/personal-data/records.ts";
import { liftRestriction } from "../../domain/privacy-requests/answer-request.ts";
import type { PrivacyRequest } from "../../domain/privacy-requests/privacy-request.ts";
import type { RequestChange } from "../../domain/privacy-requests/request-change.ts";
import {
  giveUpRequest,
  lapseRequest,
  remindOf,
  wakeUpCall,
} from "../../domain/privacy-requests/wake-request.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import { SYSTEM_CALLER } from "../caller.ts";
import { occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { openIdentity } from "../vault.ts";
import { enacted, mailsTo, withRequestMails } from "./enact.ts";
import { REQUESTS_MAX } from "./file-request.ts";
import type { RequestNews } from "./request-letter.ts";
import { provenEmail, requestMail } from "./request-mail.ts";

const BATCH = 100;
/** More admins than that are not written to at once. */
const ADMINS_MAX = 50;

/** One mail to each admin who has an address. */
const mailsToAdmins = async (
  deps: Deps,
  request: PrivacyRequest,
  news: RequestNews,
  now: Instant,
): Promise<readonly OutgoingMail[]> => {
  const admins = await deps.readers.subjects.activeAdmins(ADMINS_MAX);
  const addressed = await Promise.all(
    admins.map(async ({ id }) => ({
      id,
      email: provenEmail(await deps.readers.identities.ofSubject(id)),
    })),
  );
  return addressed.flatMap(({ id, email }) =>
    email === null
      ? []
      : [requestMail(deps, { address: openIdentity(deps.sealer, email), subject: id }, request, news, now)],
  );
};

const store = async (
  deps: Deps,
  change: RequestChange,
  mails: readonly OutgoingMail[],
  now: Instant,
): Promise<boolean> => {
  const changes = await enacted(deps, change, change.request.subject_id, null, now);
  return (await deps.unitOfWork.commit(withRequestMails(changes, mails))).ok;
};

/** False: another instance was faster, or there is nothing to do yet. */
const wake = async (deps: Deps, request: PrivacyRequest): Promise<boolean> => {
  const occasion = await occasionOf(deps, SYSTEM_CALLER);
  const { now } = occasion;
  switch (wakeUpCall(request, now)) {
    case "lapse":
      return store(deps, lapseRequest(request, occasion), [], now);
    case "give-up": {
      const change = giveUpRequest(request, occasion);
      return store(deps, change, mailsTo(deps, request, [], [{ kind: "given_up" }], now), now);
    }
    case "remind": {
      const change = remindOf(request, occasion);
      const late = change.request.reminded === "late";
      return store(
        deps,
        change,
        await mailsToAdmins(deps, change.request, { kind: "reminder", late }, now),
        now,
      );
    }
    case "lift": {
      if (request.subject_id === null) return false;
      const [subject, others, identities] = await Promise.all([
        deps.readers.subjects.byId(request.subject_id),
        deps.readers.privacyRequests.ofSubject(request.subject_id, null, REQUESTS_MAX),
        deps.readers.identities.ofSubject(request.subject_id),
      ]);
      if (subject === null) return false;
      const lifted = liftRestriction(request, { subject, others }, "system", {}, occasion);
      if (!lifted.ok) return false;
      return store(
        deps,
        lifted.value,
        mailsTo(deps, lifted.value.request, identities, [{ kind: "lifted" }], now),
        now,
      );
    }
    case null:
      return false;
  }
};

/**
 * Does what is due about requests without anybody asking: links that nobody followed lapse, restrictions end as announced,
 * and the operators are reminded. Each is one commit that rests on the request's version, so that several instances do it
 * once. Answers how many; rejects with StorageFailure.
 */
export const wakeRequests = async (deps: Deps): Promise<number> => {
  let woken = 0;
  for (const request of await deps.readers.privacyRequests.waking(deps.clock.now(), BATCH)) {
    if (await wake(deps, request)) woken += 1;
  }
  return woken;
};
