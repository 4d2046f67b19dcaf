import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openPostgres } from "../../src/adapters/drizzle/postgres/open-postgres.ts";
import type { Store } from "../../src/ports/store.ts";
import { StorageFailure } from "../../src/ports/unit-of-work.ts";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";
import { changes, insert, record } from "../support/records.ts";
import { type Fate, startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";

const COMMIT = Buffer.from("commit\0");
const BEGIN = Buffer.from("begin isolation");

let server: TestPostgres;
let proxy: TcpProxy;
/** Sees the database as it is. */
let witness: Store;
/** Reaches it through the proxy. */
let store: Store;

beforeAll(async () => {
  server = await startPostgres();
  proxy = await startTcpProxy(server.port);
  witness = await openPostgres({ url: server.url });
  await witness.migrator.up();
  store = await openPostgres({
    url: server.url.replace(`:${server.port}/`, `:${proxy.port}/`),
    connectTimeoutMs: 1_000,
    statementTimeoutMs: 1_000,
    answerTimeoutMs: 1_500,
    giveUpMs: 2_000,
  });
});

afterAll(async () => {
  proxy.decide(() => "pass");
  await store.close();
  await witness.close();
  await proxy.stop();
  await server.stop();
});

/** Lets `fate` befall the first so many pieces that hold `text`. */
const befall = (text: Buffer, fate: Fate, times: number): void => {
  let left = times;
  proxy.decide((piece) => {
    if (left === 0 || !piece.includes(text)) return "pass";
    left -= 1;
    return fate;
  });
};

const comment = () => {
  const subject = record("subjects");
  const made = insert("comments", { subject_id: subject.id });
  return { made, changes: changes([{ op: "insert", into: "subjects", row: subject }, made]) };
};

/** Whether a decision is there with all it wrote, or nothing of it is. */
const isStored = async ({ made, changes: { audit } }: ReturnType<typeof comment>): Promise<boolean> => {
  const there = [
    (await witness.readers.comments.byId(made.row.id)) !== null,
    (await witness.readers.subjects.byId(made.row.subject_id)) !== null,
    (await witness.readers.audit.byId(audit[0].id)) !== null,
  ];
  expect(new Set(there).size).toBe(1);
  return there.every((each) => each);
};

const FATES: readonly Fate[] = ["pass and break", "break", "swallow", "break and pass later"];

describe.each(FATES)("COMMIT meets with: %s", (fate) => {
  test("a group is sent again, and every member is stored once", async () => {
    const members = Array.from({ length: 12 }, comment);
    befall(COMMIT, fate, 1);
    const verdicts = await store.groups.commitGroup(members.map((each) => each.changes));
    expect(verdicts.map(({ type }) => type)).toEqual(members.map(() => "stored"));
    for (const member of members) expect(await isStored(member)).toBe(true);
  }, 20_000);

  test("again and again, and still every member is stored once", async () => {
    const members = Array.from({ length: 3 }, comment);
    befall(COMMIT, fate, fate === "swallow" ? 1 : 3);
    const verdicts = await store.groups.commitGroup(members.map((each) => each.changes));
    expect(verdicts.map(({ type }) => type)).toEqual(members.map(() => "stored"));
    for (const member of members) expect(await isStored(member)).toBe(true);
  }, 20_000);

  test("a change of a record counts once, and what has moved meanwhile is a conflict", async () => {
    const { made, changes: before } = comment();
    await witness.groups.commitGroup([before]);
    const edit = (content: string) =>
      changes([{ op: "update", in: "comments", id: made.row.id, version: 1, set: { content } }]);
    befall(COMMIT, fate, 1);
    const verdicts = await store.groups.commitGroup([edit("<p>One.</p>"), edit("<p>Two.</p>")]);
    expect(verdicts.map(({ type }) => type)).toEqual(["stored", "conflict"]);
    const found = await witness.readers.comments.byId(made.row.id);
    expect(found?.comment).toMatchObject({ content: "<p>One.</p>", version: 2 });
  }, 20_000);

  test("a record that was taken away again is not made a second time", async () => {
    const mail = insert("outgoing_mails");
    const sending = changes([mail]);
    const taking = changes([{ op: "delete", from: "outgoing_mails", id: mail.row.id, version: 1 }]);
    const mailIs: { taken: boolean | null } = { taken: null };
    const take = async (): Promise<void> => {
      for (let turn = 0; turn < 30 && mailIs.taken !== true; turn += 1) {
        const [verdict] = await witness.groups.commitGroup([taking]);
        if (verdict?.type === "stored") mailIs.taken = true;
        else await Bun.sleep(10);
      }
      mailIs.taken ??= false;
    };
    let met = false;
    proxy.decide((piece) => {
      if (met) return mailIs.taken === null ? "break" : "pass";
      met = piece.includes(COMMIT);
      if (!met) return "pass";
      // Another process takes the mail as soon as it is there, and before it can be sent again.
      void take();
      return fate;
    });
    const [verdict] = await store.groups.commitGroup([sending]);
    expect(verdict?.type).toBe("stored");
    const left = await witness.readers.outgoingMails.due(mail.row.next_attempt_at, 100);
    expect(left.map(({ id }) => id as string).includes(mail.row.id)).toBe(mailIs.taken !== true);
    expect(mailIs.taken).toBe(fate !== "break" && fate !== "swallow");
  }, 20_000);
});

describe("a server that does not come back", () => {
  test("before COMMIT: nothing is stored, and the rejection says so", async () => {
    const member = comment();
    befall(BEGIN, "break", Number.POSITIVE_INFINITY);
    const failure = await store.groups.commitGroup([member.changes]).catch((error: unknown) => error);
    proxy.decide(() => "pass");
    expect(failure).toBeInstanceOf(StorageFailure);
    expect(failure).toMatchObject({ kind: "lost", stored: "no" });
    expect(await isStored(member)).toBe(false);
  }, 20_000);

  test("after COMMIT: unknown, and the same changes sent again are stored once", async () => {
    const member = comment();
    let committed = false;
    proxy.decide((piece) => {
      if (committed) return "break";
      committed = piece.includes(COMMIT);
      return committed ? "pass and break" : "pass";
    });
    const failure = await store.groups.commitGroup([member.changes]).catch((error: unknown) => error);
    proxy.decide(() => "pass");
    expect(failure).toBeInstanceOf(StorageFailure);
    expect(failure).toMatchObject({ kind: "lost", stored: "unknown" });
    const [verdict] = await store.groups.commitGroup([member.changes]);
    expect(verdict?.type).toBe("stored");
    expect(await isStored(member)).toBe(true);
  }, 20_000);

  test("the next group goes through as soon as it is back", async () => {
    const member = comment();
    const [verdict] = await store.groups.commitGroup([member.changes]);
    expect(verdict?.type).toBe("stored");
    expect(await isStored(member)).toBe(true);
  }, 20_000);
});

test("reads are asked again on another connection", async () => {
  const member = comment();
  await witness.groups.commitGroup([member.changes]);
  let left = 2;
  proxy.decide(() => (left-- > 0 ? "break" : "pass"));
  expect((await store.readers.comments.byId(member.made.row.id))?.comment.id).toBe(member.made.row.id);
  proxy.decide(() => "pass");
}, 20_000);
