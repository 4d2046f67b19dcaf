import { describe, expect, test } from "bun:test";
import { eraseSubject } from "../../src/app/erasure/erase-subject.ts";
import { runErasures } from "../../src/app/erasure/run-erasures.ts";
import { COLLECTIONS } from "../../src/domain/personal-data/records.ts";
import type { CommentId, LegalHoldId, SubjectId } from "../../src/domain/shared/ids.ts";
import { HOUR, MINUTE } from "../../src/domain/shared/instant.ts";
import type { Logger } from "../../src/ports/logger.ts";
import { betrayals, CANARY } from "../support/canary.ts";
import { makeScene } from "../support/erasable.ts";
import { asking } from "../support/privacy-requests.ts";
import { changes, record } from "../support/records.ts";
import { accepted, type TestService, testService } from "../support/service.ts";

const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

const everything = async (service: TestService): Promise<string> => {
  const { readers } = service.deps;
  const rows = await Promise.all(COLLECTIONS.map((each) => readers.records.walk(each, null, 1_000)));
  return JSON.stringify([...rows.flat(), ...(await readers.audit.list(null, 1_000))]);
};

describe("erasing a person", () => {
  test.each(["keep_text", "remove_text"] as const)(
    "leaves nothing that leads to her: %s",
    async (comments) => {
      const service = await testService();
      const scene = await makeScene(service);
      expect(betrayals(await everything(service)).length).toBeGreaterThan(0);
      const outcome = await eraseSubject(service.deps)({ subject: scene.her, comments });
      expect(outcome.type === "residue" ? outcome.places : {}).toEqual({});
      expect(outcome.type).toBe("done");
      const { readers } = service.deps;
      const after = await everything(service);
      const text = comments === "keep_text" ? betrayals(CANARY.text) : [];
      expect(betrayals(after).filter((each) => !text.includes(each))).toEqual([]);
      if (comments === "remove_text") expect(betrayals(after)).toEqual([]);
      const [first] = await Promise.all(scene.comments.map((id) => readers.comments.byId(id)));
      expect(first?.comment.anonymized).toBe(true);
      expect(first?.comment.subject_id).not.toBe(scene.her);
      expect((await readers.subjects.byId(scene.her))?.status).toBe("erased");
    },
  );
});

describe("other people's words", () => {
  /** She and Otto, each with a comment of these words, and he with a request that says what it says. */
  const twoSpeak = async (words: string, statement: string, email: string | null = null) => {
    const service = await testService({ settings: { moderation: "post" } });
    const { application } = service;
    const [she, he] = [await service.signIn(CANARY.email), await service.signIn("otto@example.org")];
    const post = async ({ caller }: typeof she, thread: string, author_name: string) =>
      accepted(
        await application.comments.postComment(caller, {
          ...{ thread, content: words, author_name, author_email: null, parent_id: null },
          ...{ notify_replies: false, gdpr_consent: true },
        }),
      );
    await post(she, "/hers", CANARY.name);
    const his = await post(he, "/his", "Otto");
    const admin = await service.signIn("root@example.org", "admin");
    const asked = asking("access", { statement });
    const request = accepted(
      email === null
        ? await application.privacyRequests.file(he.caller, asked)
        : await application.privacyRequests.enter(admin.caller, { ...asked, email, received_at: null }),
    );
    const { principal } = she.caller;
    if (principal.kind !== "session") throw new Error("who signed in has a session");
    const outcome = await eraseSubject(service.deps)({
      subject: principal.subject.id,
      comments: "remove_text",
    });
    const comment = await service.deps.readers.comments.byId(his.comment.id);
    const kept = accepted(await application.privacyRequests.read(admin.caller, request.id));
    return { outcome, comment: comment?.comment.content, kept, service };
  };

  test("that anybody may say stay, and keep no erasure from its end", async () => {
    const { outcome, comment } = await twoSpeak("Thank you for this post.", "What do you have?");
    expect([outcome.type, comment]).toEqual(["done", "<p>Thank you for this post.</p>"]);
  });

  test("that only quote her at length go, wherever they stand", async () => {
    const words = "One spring the birds came to our house and sang there every single morning until May.";
    const { outcome, comment, kept } = await twoSpeak(words, `She wrote: ${words} Is that so?`);
    expect([outcome.type, comment]).toEqual(["done", "<p>[…].</p>"]);
    expect(kept.statement).toBe("She wrote: […]. Is that so?");
  });

  test("lose her name where they asked for something by right", async () => {
    const statement = `What did ${CANARY.name} (${CANARY.email}) say of me?`;
    const { outcome, kept } = await twoSpeak("Yes.", statement);
    expect(outcome.type).toBe("done");
    expect(kept).toMatchObject({ state: "open", statement: "What did […] ([…]) say of me?" });
  });

  test("a request that came from an address before it was hers is hers, and moot", async () => {
    const service = await testService();
    const admin = await service.signIn("root@example.org", "admin");
    const { privacyRequests } = service.application;
    const letter = {
      ...asking("access", { statement: CANARY.text }),
      email: CANARY.email,
      received_at: null,
    };
    const early = accepted(await privacyRequests.enter(admin.caller, letter));
    expect(early.subject).toBeNull();
    const { caller } = await service.signIn(CANARY.email);
    if (caller.principal.kind !== "session") throw new Error("who signed in has a session");
    const { id } = caller.principal.subject;
    const outcome = await eraseSubject(service.deps)({ subject: id, comments: "keep_text" });
    expect(outcome.type).toBe("done");
    expect(accepted(await privacyRequests.read(admin.caller, early.id))).toMatchObject({
      state: "cancelled",
      statement: null,
      contact: null,
      closed_at: service.deps.clock.now(),
    });
    expect((await service.deps.readers.privacyRequests.byId(early.id))?.retention_until).not.toBeNull();
    expect(betrayals(await everything(service))).toEqual([]);
  });
});

const stopAfter = (batches: number): (() => Promise<boolean>) => {
  let left = batches;
  return async () => {
    left -= 1;
    return left >= 0;
  };
};

const placeHold = async (
  service: TestService,
  on: { subject_id: SubjectId | null; record_id: string | null },
) => {
  const hold = record("legal_holds", { ...on, since: service.deps.clock.now() });
  accepted(await service.deps.unitOfWork.commit(changes([{ op: "insert", into: "legal_holds", row: hold }])));
  return hold;
};

const lift = async (service: TestService, { id }: { readonly id: LegalHoldId }) => {
  const hold = await service.deps.readers.legalHolds.byId(id);
  const set = { lifted_at: service.deps.clock.now() };
  accepted(
    await service.deps.unitOfWork.commit(
      changes([{ op: "update", in: "legal_holds", id, version: hold?.version ?? 0, set }]),
    ),
  );
};

/** What a store holds, without what tells of the erasure itself and without ids and times, which differ. */
const remains = async (service: TestService): Promise<unknown> => {
  const { readers } = service.deps;
  const comments = await readers.records.walk("comments", null, 1_000);
  return {
    comments: comments.map(({ content, status, moderation_note, source_id, anonymized }) => ({
      content,
      status,
      moderation_note,
      source_id,
      anonymized,
    })),
    reports: (await readers.records.walk("comment_reports", null, 1_000)).map(({ reason }) => reason),
    vault: (await readers.records.walk("identities", null, 1_000)).length,
    sessions: (await readers.records.walk("sessions", null, 1_000)).length,
    mails: (await readers.records.walk("outgoing_mails", null, 1_000)).length,
    subjects: (await readers.records.walk("subjects", null, 1_000)).map(({ status }) => status).toSorted(),
  };
};

describe("an erasure that is interrupted", () => {
  test("at any batch goes on to the same end, and has no certificate before it", async () => {
    const whole = await testService();
    const erased = await makeScene(whole);
    await eraseSubject(whole.deps)({ subject: erased.her, comments: "remove_text" });
    const expected = await remains(whole);
    for (let batches = 0; batches < 40; batches += 3) {
      const service = await testService();
      const scene = await makeScene(service);
      const input = { subject: scene.her, comments: "remove_text" } as const;
      const outcome = await eraseSubject(service.deps)(input, stopAfter(batches));
      const reports = await service.deps.readers.signedReports.list("erasure", null, 10);
      expect(reports).toHaveLength(outcome.type === "done" ? 1 : 0);
      const again = await eraseSubject(service.deps)(input);
      expect(again.type).toBe("done");
      expect(await remains(service)).toEqual(expected);
      expect(betrayals(await everything(service))).toEqual([]);
      if (outcome.type === "done") break;
    }
  });

  test("that is done again does nothing more", async () => {
    const service = await testService();
    const { her } = await makeScene(service);
    const input = { subject: her, comments: "keep_text" } as const;
    const first = await eraseSubject(service.deps)(input);
    const stored = await everything(service);
    const second = await eraseSubject(service.deps)({ ...input, comments: "remove_text" });
    expect(second).toEqual(first);
    expect(await everything(service)).toBe(stored);
  });

  test("run by two at once is done once", async () => {
    const service = await testService();
    const { her } = await makeScene(service);
    const input = { subject: her, comments: "remove_text" } as const;
    const outcomes = await Promise.all([1, 2, 3].map(() => eraseSubject(service.deps)(input)));
    expect(outcomes.map(({ type }) => type)).toContain("done");
    expect((await eraseSubject(service.deps)(input)).type).toBe("done");
    expect(await service.deps.readers.signedReports.list("erasure", null, 10)).toHaveLength(1);
    expect(betrayals(await everything(service))).toEqual([]);
  });
});

describe("a legal hold", () => {
  test("keeps everything until it is lifted, and then the erasure goes on by itself", async () => {
    const service = await testService();
    const { her } = await makeScene(service);
    const before = betrayals(await everything(service));
    const hold = await placeHold(service, { subject_id: her, record_id: null });
    const input = { subject: her, comments: "remove_text" } as const;
    expect((await eraseSubject(service.deps)(input)).type).toBe("held");
    expect(betrayals(await everything(service))).toEqual(before);
    expect((await service.deps.readers.identities.ofSubject(her)).length).toBe(2);
    expect((await service.deps.readers.subjects.byId(her))?.status).toBe("restricted");
    await lift(service, hold);
    service.pass(2 * MINUTE);
    const ran = await runErasures({ ...service.deps, logger: SILENT, leases: service.store.leases });
    expect(ran).toMatchObject({ done: 1, held: 0 });
    expect(betrayals(await everything(service))).toEqual([]);
  });

  test("on one of her comments keeps it and all that is left", async () => {
    const service = await testService();
    const { her, comments } = await makeScene(service);
    await placeHold(service, { subject_id: null, record_id: comments[0] ?? "" });
    const outcome = await eraseSubject(service.deps)({ subject: her, comments: "remove_text" });
    expect(outcome.type).toBe("held");
    const kept = await service.deps.readers.comments.byId(comments[0] as CommentId);
    expect(kept?.comment.content).toContain(CANARY.text);
  });

  test("on somebody else's comment keeps what it says of her", async () => {
    const service = await testService();
    const { her, mention } = await makeScene(service);
    await placeHold(service, { subject_id: null, record_id: mention });
    const outcome = await eraseSubject(service.deps)({ subject: her, comments: "remove_text" });
    expect(outcome.type).toBe("held");
    const kept = await service.deps.readers.comments.byId(mention);
    expect(kept?.comment.content).toContain(CANARY.name.toUpperCase());
  });
});

describe("the look afterwards", () => {
  test("refuses the certificate when she is found, and gives it once she is not", async () => {
    const service = await testService();
    const { her } = await makeScene(service);
    const setting = record("system_config", { description: `asked for by ${CANARY.name}` });
    accepted(
      await service.deps.unitOfWork.commit(changes([{ op: "insert", into: "system_config", row: setting }])),
    );
    const outcome = await eraseSubject(service.deps)({ subject: her, comments: "keep_text" });
    expect(outcome).toMatchObject({ type: "residue", places: { "system_config.description": 1 } });
    expect(await service.deps.readers.signedReports.list("erasure", null, 10)).toEqual([]);
    const logged: string[] = [];
    const logger = { ...SILENT, error: (event: string) => void logged.push(event) };
    service.pass(2 * HOUR);
    const deps = { ...service.deps, logger, leases: service.store.leases };
    expect(await runErasures(deps)).toMatchObject({ residue: 1 });
    expect(logged).toEqual(["erasure_found_residue"]);
    accepted(
      await service.deps.unitOfWork.commit(
        changes([
          { op: "update", in: "system_config", id: setting.key, version: 1, set: { description: null } },
        ]),
      ),
    );
    service.pass(2 * HOUR);
    expect(await runErasures(deps)).toMatchObject({ done: 1 });
    expect(await service.deps.readers.signedReports.list("erasure", null, 10)).toHaveLength(1);
  });

  test("ends in a certificate that anybody can check and that leads to nobody", async () => {
    const service = await testService();
    const { her } = await makeScene(service);
    await eraseSubject(service.deps)({ subject: her, comments: "remove_text" });
    const [report] = await service.deps.readers.signedReports.list("erasure", null, 1);
    const said = await service.deps.documents.verify("report", report?.document ?? "");
    const text = JSON.stringify(said);
    expect(text).not.toContain(her);
    expect(betrayals(text)).toEqual([]);
    expect(said).toMatchObject({ type: "erasure-certificate", comments: "remove_text" });
    const { categories, original_data_hash } = said as unknown as {
      categories: { category: string; removed: number; anonymised: number }[];
      original_data_hash: string;
    };
    const count = (name: string) => categories.find(({ category }) => category === name);
    expect(count("identities")).toMatchObject({ removed: 2 });
    // Three of hers lost their text; two of others what they say of her.
    expect(count("comments")).toMatchObject({ removed: 3, anonymised: 2 });
    for (const moment of ["begun_at", "finished_at", "last_backup_expires_at"]) {
      expect((said as Record<string, unknown>)[moment]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
    expect(count("audit_entries")?.anonymised).toBeGreaterThan(0);
    expect(original_data_hash).toMatch(/^[0-9a-f]{64}$/);
    const erasure = await service.deps.readers.erasures.ofSubject(her);
    expect(erasure).toMatchObject({ status: "done", work: null, report_id: report?.id, original_data_hash });
  });
});
