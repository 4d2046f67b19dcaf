import { describe, expect, test } from "bun:test";
import { ANONYMOUS, requirePermission, requireScope, subjectOf } from "../../src/app/caller.ts";
import { receiptHolder, subjectIri } from "../../src/domain/consent/receipt-holder.ts";
import { PERMISSIONS, SCOPES } from "../../src/domain/roles/role.ts";
import type { Json } from "../../src/domain/shared/canonical-json.ts";
import type { ConsentId, SubjectId } from "../../src/domain/shared/ids.ts";
import { anEntry } from "../support/records.ts";
import { accepted, refused, testService } from "../support/service.ts";

const receipt = (subject: SubjectId, consent: ConsentId): Json => ({
  "dpv:hasRecordOfActivity": [
    { "dct:identifier": consent, "dpv:hasDataSubject": { "@id": subjectIri(subject) } },
  ],
});

const setUp = async () => {
  const service = await testService();
  const decide = () =>
    service.application.consent.recordConsent(service.as(ANONYMOUS), {
      decisions: { marketing: true },
      notice_token: null,
      method: "api",
    });
  const { record } = accepted(await decide());
  const authenticate = (bearer: string) =>
    service.application.sessions.authenticate({ bearer, session_cookie: null, subject_cookie: null });
  return { service, decide, record, authenticate, sign: service.deps.documents.sign };
};

describe("a receipt as a credential", () => {
  test("speaks for its holder and holds no permission and no scope but reading", async () => {
    const { record, authenticate, sign } = await setUp();
    const principal = accepted(
      await authenticate(await sign("receipt", receipt(record.subject_id, record.id))),
    );
    expect(principal).toMatchObject({ kind: "receipt", consent: record.id });
    expect(subjectOf(principal)?.id).toBe(record.subject_id);
    expect(PERMISSIONS.filter((each) => requirePermission(principal, each).ok)).toEqual(["content:read"]);
    expect(SCOPES.filter((each) => requireScope(principal, each).ok)).toEqual([]);
  });

  test("withdraws, and gives nothing", async () => {
    const { service, record, sign } = await setUp();
    const caller = await service.callerOf(await sign("receipt", receipt(record.subject_id, record.id)));
    const { consent } = service.application;
    expect(
      refused(
        await consent.recordConsent(caller, {
          decisions: { marketing: true },
          notice_token: null,
          method: "api",
        }),
      ),
    ).toBe("credential-required");
    const done = accepted(await consent.withdrawConsent(caller, { purposes: ["marketing"], method: "api" }));
    expect(done.current.standings.marketing.granted).toBe(false);
    expect(done.record.subject_id).toBe(record.subject_id);
  });

  test("is refused when it names another's decision, one that is not on record, or an erased person", async () => {
    const { service, decide, record, authenticate, sign } = await setUp();
    const { record: another } = accepted(await decide());
    const nowhere = service.deps.ids.next<ConsentId>();
    for (const [subject, consent] of [
      [record.subject_id, another.id],
      [another.subject_id, record.id],
      [record.subject_id, nowhere],
      [service.deps.ids.subject(), record.id],
    ] as const)
      expect(refused(await authenticate(await sign("receipt", receipt(subject, consent))))).toBe(
        "credential-invalid",
      );
    const mine = await sign("receipt", receipt(record.subject_id, record.id));
    accepted(await authenticate(mine));
    const subject = await service.deps.readers.subjects.byId(record.subject_id);
    await service.deps.unitOfWork.commit({
      expects: [],
      writes: [
        {
          op: "update",
          in: "subjects",
          id: record.subject_id,
          version: subject?.version ?? 0,
          set: { status: "erased" },
        },
      ],
      audit: [anEntry()],
    });
    expect(refused(await authenticate(mine))).toBe("credential-invalid");
  });

  test("is refused when it is a report, or no receipt of ours", async () => {
    const { record, authenticate, sign } = await setUp();
    const payload = receipt(record.subject_id, record.id);
    expect(refused(await authenticate(await sign("report", payload)))).toBe("credential-invalid");
    const shapes: Json[] = [
      null,
      "x",
      [],
      {},
      { "dpv:hasRecordOfActivity": {} },
      { "dpv:hasRecordOfActivity": [null] },
      { "dpv:hasRecordOfActivity": [{ "dct:identifier": record.id }] },
      {
        "dpv:hasRecordOfActivity": [
          { "dct:identifier": record.id, "dpv:hasDataSubject": { "@id": "urn:uuid:x" } },
        ],
      },
      {
        "dpv:hasRecordOfActivity": [
          { "dct:identifier": record.id, "dpv:hasDataSubject": { "@id": record.subject_id } },
        ],
      },
    ];
    for (const shape of shapes) {
      expect(receiptHolder(shape)).toBeNull();
      expect(refused(await authenticate(await sign("receipt", shape)))).toBe("credential-invalid");
    }
  });
});
