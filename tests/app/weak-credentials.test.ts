// Whoever finds a cookie, a receipt or an edit token of somebody who can sign in learns nothing of her, and ends nothing.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { ANONYMOUS, type Caller } from "../../src/app/caller.ts";
import type { PrivacyRequestId } from "../../src/domain/shared/ids.ts";
import { asking, confirmationFor } from "../support/privacy-requests.ts";
import { accepted, refused, type TestService, testService } from "../support/service.ts";

const ADA = "ada@example.org";
const PAGE = { limit: 1, cursor: null };

describe("a weak credential of somebody who can sign in", () => {
  let service: TestService;
  let ada: Caller;
  /** The edit token of a comment of hers, in anybody's hands. */
  let found: Caller;

  beforeEach(async () => {
    service = await testService();
    ada = (await service.signIn(ADA)).caller;
    const { edit_token } = accepted(
      await service.application.comments.postComment(ada, {
        thread: "a-page",
        parent_id: null,
        content: "Hello",
        author_name: "Ada Lovelace",
        author_email: null,
        gdpr_consent: true,
        notify_replies: false,
      }),
    );
    found = await service.callerOf(edit_token);
  });
  afterEach(() => service.close());

  const { file, confirm, ...requests } = {
    confirm: async () => {
      const { id, token } = await confirmationFor(service, ADA);
      accepted(
        await service.application.privacyRequests.confirm(service.as(ANONYMOUS), {
          id: id as PrivacyRequestId,
          token,
        }),
      );
    },
    file: async (caller: Caller, type: Parameters<typeof asking>[0]) =>
      accepted(await service.application.privacyRequests.file(caller, asking(type))).id,
    list: async (caller: Caller) =>
      accepted(await service.application.privacyRequests.list(caller, PAGE)).items.map(({ id }) => id),
    read: (caller: Caller, id: PrivacyRequestId) => service.application.privacyRequests.read(caller, id),
    archive: (caller: Caller, id: PrivacyRequestId) =>
      service.application.privacyRequests.exportArchive(caller, id),
  };

  test("finds nothing of what she asked by signing in", async () => {
    const id = await file(ada, "access");
    expect(await requests.list(found)).toEqual([]);
    expect(refused(await requests.read(found, id))).toBe("not-found");
    expect(refused(await requests.archive(found, id))).toBe("not-found");
    expect(await requests.list(ada)).toEqual([id]);
    expect(accepted(await requests.archive(ada, id)).length).toBeGreaterThan(0);
  });

  test("follows what was asked with it, but reads her data only once she signs in", async () => {
    await file(ada, "access");
    const id = await file(found, "portability");
    expect(await requests.list(found)).toEqual([id]);
    await confirm();
    expect(accepted(await requests.read(found, id)).state).toBe("open");
    expect(refused(await requests.archive(found, id))).toBe("stronger-proof-required");
    expect(accepted(await requests.archive(ada, id)).length).toBeGreaterThan(0);
  });

  test("ends neither a restriction nor an erasure of hers, however it came in", async () => {
    const { cancel } = service.application.privacyRequests;
    const [restriction, erasure] = [await file(ada, "restriction"), await file(ada, "erasure")];
    expect(refused(await cancel(found, restriction))).toBe("not-found");
    expect(refused(await cancel(found, erasure))).toBe("not-found");
    accepted(await cancel(ada, erasure));
    const confirmed = await file(found, "erasure");
    await confirm();
    expect(refused(await cancel(found, confirmed))).toBe("stronger-proof-required");
    expect(accepted(await requests.read(ada, confirmed)).state).toBe("scheduled");
    expect(accepted(await cancel(ada, confirmed)).state).toBe("cancelled");
  });

  test("takes back what it asked for while that waits for her click", async () => {
    const id = await file(found, "erasure");
    expect(accepted(await service.application.privacyRequests.cancel(found, id)).state).toBe("cancelled");
  });

  test("does not keep her from asking herself: what it left unconfirmed gives way", async () => {
    const unconfirmed = await file(found, "access");
    const link = await confirmationFor(service, ADA);
    const hers = await file(ada, "access");
    expect(accepted(await requests.read(ada, unconfirmed)).state).toBe("cancelled");
    expect(accepted(await requests.read(ada, hers)).state).toBe("open");
    const late = { id: unconfirmed, token: link.token };
    expect(refused(await service.application.privacyRequests.confirm(found, late))).toBe(
      "confirmation-invalid",
    );
    expect(refused(await service.application.privacyRequests.file(ada, asking("access")))).toBe(
      "request-already-open",
    );
  });
});
