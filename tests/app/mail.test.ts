import { afterEach, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeEmlOutbox } from "../../src/adapters/mail/eml-outbox.ts";
import { makeSmtpMailer } from "../../src/adapters/mail/smtp.ts";
import { signInMail } from "../../src/app/mail/sign-in-mail.ts";
import { type Mail, MailFailure } from "../../src/ports/mailer.ts";
import { fakeSmtp } from "./smtp-fake.ts";

const LINK = "https://comments.example.org/sign-in#gnl_AAAA-_&x=<y>";
const FROM = "GoNoGo <noreply@example.org>";
const MAIL: Mail = {
  to: "ada.quillfeather@example.org",
  ...signInMail(LINK),
  message_id: "0199-1@comments.example.org",
};

const folders: string[] = [];
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-mail-"));
  folders.push(folder);
  return folder;
};
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

const failureOf = async (sending: Promise<void>): Promise<MailFailure> => {
  try {
    await sending;
  } catch (failure) {
    expect(failure).toBeInstanceOf(MailFailure);
    expect(String(failure)).not.toContain("quillfeather");
    expect((failure as Error).cause).toBeUndefined();
    return failure as MailFailure;
  }
  throw new Error("the mail was taken");
};

/** Undoes quoted-printable far enough to look for an ASCII text. */
const readable = (eml: string): string =>
  eml
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

describe("the sign-in mail", () => {
  test("says which site, how long and what if it was not you; escaped in HTML", () => {
    const { subject, text, html } = signInMail(LINK);
    expect(subject).toBe("Sign in to comments.example.org");
    expect(text).toContain(`\n${LINK}\n`);
    expect(text).toContain("15 minutes");
    expect(text).toContain("If it was not you");
    expect(html).toContain('<a href="https://comments.example.org/sign-in#gnl_AAAA-_&amp;x=&lt;y&gt;">');
    expect(html).not.toContain("<y>");
  });
});

describe("the outbox folder", () => {
  test("gets each mail as one .eml file that only this user can read", async () => {
    const directory = join(await newFolder(), "data", "outbox");
    await makeEmlOutbox({ directory, from: FROM }).send(MAIL);
    expect(await readdir(directory)).toEqual(["0199-1@comments.example.org.eml"]);
    const file = join(directory, "0199-1@comments.example.org.eml");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    const eml = await readFile(file, "utf8");
    expect(eml).toContain("\r\nTo: ada.quillfeather@example.org\r\n");
    expect(eml).toContain("From: GoNoGo <noreply@example.org>\r\n");
    expect(eml).toContain("Subject: Sign in to comments.example.org\r\n");
    expect(eml).toContain("Message-ID: <0199-1@comments.example.org>\r\n");
    expect(eml).toContain("Auto-Submitted: auto-generated\r\n");
    expect(eml).toContain("Content-Type: multipart/alternative;");
    expect(eml).not.toMatch(/[^\r]\n/);
    expect(readable(eml)).toContain(LINK);
  });

  test("says in a notification how to stop such mails, in one line, and in no other mail", async () => {
    const directory = await newFolder();
    const unsubscribe_url = `https://comments.example.org/unsubscribe/${"A".repeat(48)}.${"b".repeat(43)}`;
    const outbox = makeEmlOutbox({ directory, from: FROM });
    await outbox.send({ ...MAIL, unsubscribe_url });
    await outbox.send({ ...MAIL, message_id: "0199-2@comments.example.org" });
    const headers = async (id: string): Promise<string> => {
      const eml = await readFile(join(directory, `${id}@comments.example.org.eml`), "utf8");
      // RFC 5322, 2.2.3: a line that begins with space goes on with the one before.
      return eml.slice(0, eml.indexOf("\r\n\r\n")).replace(/\r\n[ \t]+/g, " ");
    };
    const notification = await headers("0199-1");
    expect(notification).toMatch(
      new RegExp(`^List-Unsubscribe: <${unsubscribe_url.replaceAll(".", "\\.")}>$`, "m"),
    );
    expect(notification).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m);
    expect(await headers("0199-2")).not.toContain("List-Unsubscribe");
  });

  test("has one file for a mail sent twice, and tells of each", async () => {
    const directory = await newFolder();
    const told: Mail[] = [];
    const outbox = makeEmlOutbox({ directory, from: FROM, onMail: (mail) => void told.push(mail) });
    await outbox.send(MAIL);
    await outbox.send(MAIL);
    expect(await readdir(directory)).toHaveLength(1);
    expect(told).toEqual([MAIL, MAIL]);
  });

  test.each(["../../etc/passwd", "..", ".hidden", "a/b\\c\0d\ne", "x".repeat(5_000), "ü@example.org"])(
    "is never left: message id %j",
    async (message_id) => {
      const directory = await newFolder();
      await makeEmlOutbox({ directory: join(directory, "outbox"), from: FROM }).send({ ...MAIL, message_id });
      expect(await readdir(directory)).toEqual(["outbox"]);
      const [name] = await readdir(join(directory, "outbox"));
      expect(name).toMatch(/^[A-Za-z0-9@_-][A-Za-z0-9@._-]{0,199}\.eml$/);
    },
  );

  test("takes nothing in a mail for a header, a second recipient or a file to read", async () => {
    const directory = await newFolder();
    await makeEmlOutbox({ directory, from: FROM }).send({
      ...MAIL,
      to: "ada@example.org\r\nBcc: eve@evil.example",
      subject: "a\r\nBcc: eve@evil.example",
    });
    const eml = await readFile(join(directory, "0199-1@comments.example.org.eml"), "utf8");
    expect(eml.slice(0, eml.indexOf("\r\n\r\n"))).not.toMatch(/^bcc:/im);
  });

  test("that cannot be written is a failure worth trying again, and leaves nothing half-written", async () => {
    const directory = await newFolder();
    const file = join(directory, "outbox");
    await writeFile(file, "in the way");
    const failure = await failureOf(makeEmlOutbox({ directory: file, from: FROM }).send(MAIL));
    expect(failure.transient).toBe(true);
    expect(await readdir(directory)).toEqual(["outbox"]);
  });
});

describe("SMTP", () => {
  test("hands the mail on with its envelope, text and message id", async () => {
    const server = await fakeSmtp();
    await makeSmtpMailer({ url: server.url, from: FROM }).send(MAIL);
    await server.close();
    expect(server.taken).toHaveLength(1);
    expect(server.taken[0]?.to).toBe("ada.quillfeather@example.org");
    const data = server.taken[0]?.data ?? "";
    expect(data).toContain("Message-ID: <0199-1@comments.example.org>");
    expect(readable(data)).toContain(LINK);
  });

  test.each([
    ["a refused recipient", { RCPT: "550 5.1.1 <ada.quillfeather@example.org> unknown" }, false, 550],
    ["a full mailbox", { RCPT: "452 4.2.2 ada.quillfeather@example.org is full" }, true, 452],
    ["greylisting", { RCPT: "450 try later" }, true, 450],
    ["a refused sender", { MAIL: "553 no" }, false, 553],
    ["refused content", { end: "554 spam" }, false, 554],
    ["a server that is busy with the content", { end: "451 later" }, true, 451],
    ["a server that is closing", { MAIL: "421 bye" }, true, 421],
    ["a server that wants none of us", { greeting: "554 no service" }, true, 554],
    ["a server that hangs up", { greeting: "drop" }, true, null],
  ] as const)("%s is told by its number only", async (_, replies, transient, code) => {
    const server = await fakeSmtp(replies);
    const failure = await failureOf(
      makeSmtpMailer({ url: server.url, from: FROM, timeoutMs: 2_000 }).send(MAIL),
    );
    await server.close();
    expect([failure.transient, failure.code]).toEqual([transient, code]);
    expect(server.taken).toEqual([]);
  });

  test("nobody there, or nobody answering, is an outage", async () => {
    const closed = await fakeSmtp();
    await closed.close();
    const gone = await failureOf(
      makeSmtpMailer({ url: closed.url, from: FROM, timeoutMs: 2_000 }).send(MAIL),
    );
    expect([gone.transient, gone.code]).toEqual([true, null]);
    const silent = await fakeSmtp({ greeting: "hang" });
    const late = await failureOf(makeSmtpMailer({ url: silent.url, from: FROM, timeoutMs: 200 }).send(MAIL));
    await silent.close();
    expect([late.transient, late.code]).toEqual([true, null]);
  });

  test.each([
    ["hangs at the sender", { MAIL: "hang" }, { silenceMs: 200 }],
    ["hangs with the mail", { end: "hang" }, { silenceMs: 200 }],
    ["takes longer than a mail may", { end: "hang" }, { silenceMs: 5_000, attemptMs: 200 }],
  ] as const)("a server that %s is an outage", async (_, replies, limits) => {
    const server = await fakeSmtp(replies);
    const mailer = makeSmtpMailer({ url: server.url, from: FROM, timeoutMs: 2_000, ...limits });
    const failure = await failureOf(mailer.send(MAIL));
    await server.close();
    expect([failure.transient, failure.code]).toEqual([true, null]);
  });

  test("lets go of the server when it is told to stop", async () => {
    const server = await fakeSmtp({ end: "hang" });
    const stop = new AbortController();
    const sending = makeSmtpMailer({ url: server.url, from: FROM }).send(MAIL, stop.signal);
    stop.abort();
    const failure = await failureOf(sending);
    expect([failure.transient, failure.code]).toEqual([true, null]);
    await server.close();
    expect(server.taken).toEqual([]);
  });
});
