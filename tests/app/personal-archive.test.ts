import { beforeAll, describe, expect, test } from "bun:test";
import Schema from "typebox/schema";
import { zipStream } from "../../src/adapters/http/zip.ts";
import { emptyContents } from "../../src/adapters/memory/contents.ts";
import { openMemory } from "../../src/adapters/memory/open-memory.ts";
import { readSettings } from "../../src/app/config.ts";
import { archiveSchema } from "../../src/app/privacy-requests/archive-schema.ts";
import { exportedFields, type SubjectCollection } from "../../src/app/privacy-requests/exported-record.ts";
import { personalArchive } from "../../src/app/privacy-requests/personal-archive.ts";
import { SUBJECT_COLLECTIONS } from "../../src/app/privacy-requests/personal-records.ts";
import { CATALOGUE } from "../../src/domain/personal-data/catalogue.ts";
import {
  SEALED_COLLECTIONS,
  type SealedRecord,
  sealedValues,
} from "../../src/domain/personal-data/sealed-fields.ts";
import { parseProcessors } from "../../src/domain/processing-record/processors.ts";
import { plus } from "../../src/domain/shared/instant.ts";
import { changes, insert, record, sealed } from "../support/records.ts";
import { accepted, NOON, type TestService, testService } from "../support/service.ts";
import { aRecipient } from "../support/webhooks.ts";

type Row = Readonly<Record<string, unknown>>;

const HERS = "only Ada wrote this";
const OTHERS = "only Bob wrote this";
const COMMENTS = 1_203;
/** What opens something, in a mail or in an answer that is kept to be given again. */
const SECRET = "gnp_opens-something";
/** The person's own, so that markup in it must not become the page's. */
const MARKUP = "<b>Ada & Co</b>";

describe("the archive of a person's data", () => {
  const ada = record("subjects");
  const bob = record("subjects");
  let service: TestService;
  let files: ReadonlyMap<string, string>;

  /** A record of hers or his; every sealed value holds `clear`. */
  const recordOf = (collection: SubjectCollection, subject: typeof ada, clear: string): Row => {
    const words = collection === "privacy_requests" ? { rectification: sealed(), answer: sealed() } : {};
    const row = record(collection, { subject_id: subject.id, ...words } as never) as unknown as Row;
    if (!(SEALED_COLLECTIONS as readonly string[]).includes(collection)) return row;
    const values = sealedValues({ collection, row } as unknown as SealedRecord);
    const texts: Readonly<Record<string, string>> = {
      message: JSON.stringify({ to: clear, subject: clear, text: `Open http://localhost/#${SECRET}` }),
      rectification: JSON.stringify({ name: clear }),
      answer: collection === "idempotent_answers" ? SECRET : clear,
    };
    return {
      ...row,
      ...Object.fromEntries(
        values.map(({ field, context }) => [field, service.deps.sealer.seal(texts[field] ?? clear, context)]),
      ),
    };
  };

  const read = async (subject = ada): Promise<ReadonlyMap<string, string>> => {
    const found = new Map<string, string>();
    for (const { name, chunks } of personalArchive(service.deps, subject, NOON)) {
      let whole = "";
      for await (const chunk of chunks) whole += chunk;
      found.set(name, whole);
    }
    return found;
  };

  const dataOf = (texts: ReadonlyMap<string, string>) =>
    JSON.parse(texts.get("personal-data.json") ?? "") as {
      subject: Row;
      records: Record<SubjectCollection, { items: Row[] }>;
    };

  beforeAll(async () => {
    service = await testService({
      store: openMemory(emptyContents()),
      settings: {
        controller: { ...readSettings({}).controller, name: "Owl & Co", dpo: "dpo@example.org" },
        processors: parseProcessors("Hoster BV, hosting, NL; Mailer Inc, mail, US, standard clauses") ?? [],
      },
    });
    await aRecipient(service, "https://newsletter.example/hooks", ["subject.erased"]);
    const rows = (subject: typeof ada, clear: string) =>
      SUBJECT_COLLECTIONS.map(
        (into) => ({ op: "insert", into, row: recordOf(into, subject, clear) }) as never,
      );
    const reply = {
      ...record("outgoing_mails", { kind: "reply", subject_id: ada.id }),
    };
    const told = JSON.stringify({ to: "ada@example.org", subject: OTHERS, text: OTHERS });
    const message = service.deps.sealer.seal(told, `outgoing_mails:${reply.id}`);
    const comments = Array.from({ length: COMMENTS }, (_, index) =>
      insert("comments", {
        subject_id: ada.id,
        content: `<p>${HERS} &lt;${index}&gt;</p>`,
        created_at: plus(NOON, index),
      }),
    );
    for (const writes of [
      [insert("subjects", ada), insert("subjects", bob)],
      [...rows(ada, HERS), ...rows(bob, OTHERS)],
      [
        insert("outgoing_mails", { ...reply, message }),
        insert("comments", { subject_id: bob.id, content: OTHERS }),
      ],
      comments,
    ]) {
      const stored = await service.deps.unitOfWork.commit(changes(writes));
      if (!stored.ok) throw new Error("what the archive is of was not stored");
    }
    files = await read();
  });

  const pageOf = (texts: ReadonlyMap<string, string>): string => texts.get("summary.html") ?? "";

  test("holds the data, their schema and a page to read", () => {
    expect([...files.keys()]).toEqual(["personal-data.json", "schema.json", "summary.html"]);
  });

  test("holds every record of hers in every collection, and nothing of anybody else", () => {
    const { subject, records } = dataOf(files);
    expect(subject["id"]).toBe(ada.id);
    expect(Object.keys(records)).toEqual([...SUBJECT_COLLECTIONS]);
    for (const collection of SUBJECT_COLLECTIONS) {
      const expected = { comments: COMMENTS + 1, outgoing_mails: 2 } as Record<string, number>;
      expect([collection, records[collection].items.length]).toEqual([collection, expected[collection] ?? 1]);
    }
    const whole = [...files.values()].join("\n");
    expect(whole).not.toContain(OTHERS);
    expect(whole).not.toContain(bob.id);
    expect(new Set(records.comments.items.map(({ id }) => id)).size).toBe(COMMENTS + 1);
  });

  test("opens what is encrypted, and writes times and lists as such", () => {
    const { records } = dataOf(files);
    expect(records.identities.items[0]).toMatchObject({ kind: "email", value: HERS });
    expect(records.privacy_requests.items[0]).toMatchObject({ rectification: { name: HERS }, answer: HERS });
    expect(records.consents.items[0]).toMatchObject({
      consent_types: ["essential"],
      timestamp: "2025-03-14T12:00:00.000Z",
    });
  });

  test("tells where a mail goes and what it is about, and of nothing what opens something", () => {
    const mails = dataOf(files).records.outgoing_mails.items.map(({ mail }) => mail);
    expect(mails).toContainEqual({ to: HERS, subject: HERS });
    expect(mails).toContainEqual({ to: "ada@example.org", subject: null });
    expect([...files.values()].join("\n")).not.toContain(SECRET);
  });

  test("says who is responsible, who else gets data and where they came from, as the record of processing does", async () => {
    const admin = (await service.signIn("operator@example.org", "admin")).caller;
    const record = accepted(await service.application.processingRecord(admin));
    const data = JSON.parse(files.get("personal-data.json") ?? "") as Row;
    expect(data).toMatchObject({
      controller: { name: "Owl & Co", dpo: "dpo@example.org" },
      processors: record.processors,
      transfers: [{ name: "Mailer Inc" }],
      recipients: [{ name: "Newsletter", events: ["subject.erased"] }],
    });
    const page = pageOf(files);
    for (const text of ["Owl &amp; Co", "Mailer Inc", "Newsletter", "dpo@example.org", "taken over"]) {
      expect(page).toContain(text);
    }
    for (const { collection, kept } of record.activities) {
      if (collection in (data["records"] as object)) expect(page).toContain(`<td>${kept}</td>`);
    }
  });

  test("gives no token, hash or key, whatever the collection", () => {
    for (const collection of SUBJECT_COLLECTIONS) {
      const rules = Object.entries(CATALOGUE[collection].fields);
      const omitted = rules.filter(([, rule]) => rule.export === "omit").map(([name]) => name);
      const given = exportedFields(collection).map(({ name }) => name);
      expect(given.filter((name) => omitted.includes(name))).toEqual([]);
      expect(
        given.filter((name) => /hash|token|blind_index|fingerprint/.test(name) && name !== "notice_hash"),
      ).toEqual([]);
    }
  });

  test("keeps the schema that it carries and that is published", () => {
    const carried: unknown = JSON.parse(files.get("schema.json") ?? "");
    expect(carried).toEqual(archiveSchema("http://localhost"));
    const schema = Schema.Compile(carried as never);
    expect(schema.Check(dataOf(files))).toBe(true);
    expect(schema.Check({ ...dataOf(files), more: 1 })).toBe(false);
  });

  test("counts and explains on its page, which loads nothing", () => {
    const page = pageOf(files);
    expect(page).toContain(`<td>${COMMENTS + 1}</td>`);
    expect(page).toContain(CATALOGUE.comments.purpose);
    expect(page).not.toMatch(/<script|src=|<link|url\(/);
  });

  test("shows her on its page who she is, what she decided and asked, and what she wrote last, escaped", async () => {
    const page = pageOf(files);
    expect(page).toContain(`<th scope="row">E-mail address</th><td>${HERS}</td>`);
    expect(page).toContain("<td>decided</td><td>essential</td>");
    expect(page).toContain("What you asked of us by right");
    const shown = [...page.matchAll(/&lt;(\d+)&gt;/g)].map(([, index]) => Number(index));
    expect(shown).toEqual(Array.from({ length: 100 }, (_, index) => COMMENTS - 1 - index));
    const named = {
      ...record("identities", { subject_id: bob.id, kind: "name", blind_index: null }),
    };
    const ciphertext = service.deps.sealer.seal(MARKUP, `identities:name:${bob.id}`);
    await service.deps.unitOfWork.commit(changes([insert("identities", { ...named, ciphertext })]));
    const his = pageOf(await read(bob));
    expect(his).toContain("&lt;b&gt;Ada &amp; Co&lt;/b&gt;");
    expect(his).not.toContain(MARKUP);
  });

  test("comes as a ZIP file, and breaks off loudly where it cannot be read on", async () => {
    const failures: unknown[] = [];
    const zip = new Uint8Array(
      await new Response(
        zipStream(personalArchive(service.deps, ada, NOON), (failure) => void failures.push(failure)),
      ).arrayBuffer(),
    );
    expect([...zip.slice(0, 4)]).toEqual([0x50, 0x4b, 3, 4]);
    expect(Buffer.from(zip).includes(HERS)).toBe(true);
    expect(failures).toEqual([]);

    const broken = async function* () {
      yield "{";
      throw new Error("the store went away");
    };
    const stream = zipStream(
      [{ name: "a.json", chunks: broken() }],
      (failure) => void failures.push(failure),
    );
    await expect(new Response(stream).arrayBuffer()).rejects.toThrow();
    expect(failures).toHaveLength(1);
  });
});
