import { describe, expect, test } from "bun:test";
import { DAY } from "../../src/domain/shared/instant.ts";
import { accepted, refused, type TestService } from "../support/service.ts";
import { scene, subjectOf } from "./notification-scene.ts";

describe("unsubscribing", () => {
  const tokenIn = (service: TestService): string => {
    const token = service.mails.at(-1)?.unsubscribe_url?.split("/").at(-1);
    if (token === undefined) throw new Error("the mail says how to unsubscribe");
    return token;
  };

  test("stops replies and decisions from then on, and what waits already", async () => {
    const { service, ada, bob, moderator, post, decide, told } = await scene();
    const { notifications } = service.application;
    const root = await post(ada);
    await post(bob, { parent_id: root.id });
    await service.deliver();
    const token = tokenIn(service);
    service.mails.length = 0;
    await post(bob, { parent_id: root.id });
    accepted(await notifications.checkUnsubscribeLink(token));
    expect(await service.deps.readers.mailPreferences.ofSubject(subjectOf(ada))).toBeNull();
    accepted(await notifications.unsubscribe(moderator, token));
    accepted(await notifications.unsubscribe(moderator, token));
    const preferences = await service.deps.readers.mailPreferences.ofSubject(subjectOf(ada));
    expect(preferences).toMatchObject({ notifications: false, version: 1 });
    await post(bob, { parent_id: root.id });
    await decide(root.id, "remove", "Why");
    expect(await told()).toEqual([]);
    const actions = (await service.deps.readers.audit.list(null, 1_000)).map(({ action }) => action);
    expect(actions.filter((action) => action === "mail_preferences.changed")).toHaveLength(1);
    await service.signIn("ada@example.org");
    expect(service.mails).toHaveLength(1);
  });

  test("stops nothing for anybody else", async () => {
    const { service, ada, bob, post, told } = await scene();
    const root = await post(ada);
    const reply = await post(bob, { parent_id: root.id });
    await service.deliver();
    accepted(await service.application.notifications.unsubscribe(ada, tokenIn(service)));
    service.mails.length = 0;
    await post(ada, { parent_id: reply.id });
    expect(await told()).toEqual(["bob@example.org: New reply to your comment on www.example.org"]);
  });

  test("works with links made here for that, and no others", async () => {
    const { service, ada } = await scene();
    const { signer } = service.deps;
    const subject = subjectOf(ada);
    const links = [
      "",
      "x",
      `${subject}`,
      await signer.sign("subject", subject),
      await signer.sign("unsubscribe", "somebody"),
      await signer.sign("unsubscribe", service.deps.ids.subject()),
      (await signer.sign("unsubscribe", subject)).replace(/.$/, (last) => (last === "A" ? "B" : "A")),
    ];
    for (const link of links) {
      expect(refused(await service.application.notifications.unsubscribe(ada, link))).toBe("not-found");
    }
    expect(await service.deps.readers.mailPreferences.ofSubject(subject)).toBeNull();
  });

  test("is for good: the link does not end, and later posts do not undo it", async () => {
    const { service, ada, bob, post, told } = await scene();
    const root = await post(ada);
    await post(bob, { parent_id: root.id });
    await service.deliver();
    const token = tokenIn(service);
    service.mails.length = 0;
    service.pass(900 * DAY);
    accepted(await service.application.notifications.unsubscribe(ada, token));
    const again = await post(ada);
    await post(bob, { parent_id: again.id });
    expect(await told()).toEqual([]);
  });
});
