import type { Application } from "../../src/app/application.ts";
import type { Caller } from "../../src/app/caller.ts";
import type { ModerationDecision } from "../../src/domain/comments/comment.ts";
import type { CommentId, SubjectId } from "../../src/domain/shared/ids.ts";
import type { Store } from "../../src/ports/store.ts";
import { accepted, testService } from "../support/service.ts";

type PostInput = Parameters<Application["comments"]["postComment"]>[1];
type Settings = NonNullable<NonNullable<Parameters<typeof testService>[0]>["settings"]>;

const input = (changes: Partial<PostInput> = {}): PostInput => ({
  thread: "/blog/first-post/",
  content: "A first thought.",
  author_name: "Ada Quillfeather",
  author_email: null,
  parent_id: null,
  notify_replies: true,
  gdpr_consent: true,
  ...changes,
});

export const subjectOf = ({ principal }: Caller): SubjectId => {
  if (principal.kind !== "session") throw new Error("she is signed in");
  return principal.subject.id;
};

/** Ada asked to be told; Bob answers; somebody moderates. No mail but theirs is looked at. */
export const scene = async (settings: Settings = {}, store?: Store) => {
  const service = await testService({
    settings: { moderation: "post", corsOrigins: ["https://www.example.org"], ...settings },
    ...(store === undefined ? {} : { store }),
  });
  const ada = (await service.signIn("ada@example.org")).caller;
  const bob = (await service.signIn("bob@example.org")).caller;
  const moderator = (await service.signIn("mod@example.org", "moderator")).caller;
  service.mails.length = 0;
  const post = async (caller: Caller, changes: Partial<PostInput> = {}) =>
    accepted(await service.application.comments.postComment(caller, input(changes))).comment;
  const decide = async (id: CommentId, decision: ModerationDecision, reason: string | null = null) =>
    accepted(await service.application.comments.moderateComment(moderator, { id, decision, reason }));
  const told = async (): Promise<readonly string[]> => {
    await service.deliver();
    return service.mails.splice(0).map(({ to, subject }) => `${to}: ${subject}`);
  };
  return { service, ada, bob, moderator, post, decide, told };
};
