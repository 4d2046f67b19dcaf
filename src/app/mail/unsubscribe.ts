import { stopNotifications } from "../../domain/notifications/mail-preferences.ts";
import { parseId, type SubjectId } from "../../domain/shared/ids.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";

type Notifications = Application["notifications"];

/** The link that stops notifications to a person. It says nothing to anybody else, and does not expire. */
export const unsubscribeUrl = async (
  deps: Pick<Deps, "signer"> & { readonly policies: Pick<Deps["policies"], "publicUrl"> },
  subject: SubjectId,
): Promise<string> =>
  `${deps.policies.publicUrl}/unsubscribe/${await deps.signer.conceal("unsubscribe", subject)}`;

const subjectOfLink = async (deps: Pick<Deps, "signer">, token: string): Promise<SubjectId | null> => {
  // Links of earlier mails are signed, and show the pseudonym.
  const payload =
    (await deps.signer.reveal("unsubscribe", token)) ?? (await deps.signer.verify("unsubscribe", token));
  return payload === null ? null : parseId<SubjectId>(payload);
};

export const checkUnsubscribeLink =
  (deps: Deps): Notifications["checkUnsubscribeLink"] =>
  async (token) =>
    (await subjectOfLink(deps, token)) === null ? err({ type: "not-found" }) : ok(null);

export const unsubscribe =
  (deps: Deps): Notifications["unsubscribe"] =>
  async (caller, token) => {
    const id = await subjectOfLink(deps, token);
    if (id === null) return err({ type: "not-found" });
    return decideAndCommit(deps, caller, async () => {
      const [subject, preferences] = await Promise.all([
        deps.readers.subjects.byId(id),
        deps.readers.mailPreferences.ofSubject(id),
      ]);
      if (subject === null) return err({ type: "not-found" });
      const occasion = await occasionOf(deps, caller);
      return ok({
        changes: stopNotifications(subject, preferences, deps.ids.next(), occasion),
        value: null,
      });
    });
  };
