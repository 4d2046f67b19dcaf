import type { Caller } from "../../src/app/caller.ts";
import type { CommentId, SubjectId } from "../../src/domain/shared/ids.ts";
import { CANARY } from "./canary.ts";
import { accepted, type TestService } from "./service.ts";

/** The canary and the people around her: everything that leads to her, made through the use cases alone. */
export interface Scene {
  readonly her: SubjectId;
  readonly herCaller: Caller;
  readonly other: SubjectId;
  readonly comments: readonly CommentId[];
  readonly reply: CommentId;
  readonly mention: CommentId;
}

const THREAD = "/posts/birds";

export const makeScene = async (service: TestService): Promise<Scene> => {
  const { application } = service;
  const she = await service.signIn(CANARY.email);
  const he = await service.signIn("otto@example.org");
  const moderator = await service.signIn("mona@example.org", "moderator");
  const subjectOf = ({ principal }: Caller): SubjectId => {
    if (principal.kind !== "session") throw new Error("whoever signed in has a session");
    return principal.subject.id;
  };
  const post = async (
    caller: Caller,
    author_name: string,
    content: string,
    parent_id: CommentId | null = null,
  ): Promise<CommentId> => {
    const posted = await application.comments.postComment(caller, {
      thread: THREAD,
      content,
      author_name,
      author_email: null,
      parent_id,
      notify_replies: true,
      gdpr_consent: true,
    });
    return accepted(posted).comment.id;
  };
  const moderate = async (id: CommentId, reason: string | null): Promise<void> => {
    accepted(
      await application.comments.moderateComment(moderator.caller, { id, decision: "approve", reason }),
    );
  };
  const first = await post(she.caller, CANARY.name, `<p>${CANARY.text}</p>`);
  await moderate(first, `${CANARY.name} schreibt oft`);
  const reply = await post(
    he.caller,
    "Otto",
    `<p>&gt; ${CANARY.text}</p><p>Liebe Quendolina, das finde ich auch.</p>`,
    first,
  );
  await moderate(reply, null);
  const second = await post(she.caller, CANARY.name, `<p>Danke! Ich bin ${CANARY.name}.</p>`, reply);
  await moderate(second, null);
  const waiting = await post(she.caller, CANARY.name, "<p>Das hier wartet noch auf jemanden.</p>");
  const mention = await post(he.caller, "Otto", `<p>Anderswo: ${CANARY.name.toUpperCase()} weiss das.</p>`);
  await moderate(mention, null);
  accepted(
    await application.comments.reportComment(he.caller, { id: first, reason: `${CANARY.name} stört` }),
  );
  accepted(await application.comments.reportComment(she.caller, { id: mention, reason: CANARY.text }));
  accepted(
    await application.consent.recordConsent(she.caller, {
      decisions: { marketing: true, analytics: false },
      notice_token: null,
      method: "api",
    }),
  );
  accepted(
    await application.sessions.requestSignInLink(she.caller, { email: CANARY.email, return_to: null }),
  );
  return {
    her: subjectOf(she.caller),
    herCaller: she.caller,
    other: subjectOf(he.caller),
    comments: [first, second, waiting],
    reply,
    mention,
  };
};
