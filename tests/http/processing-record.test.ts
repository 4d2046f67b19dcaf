import { expect, test } from "bun:test";
import { CATALOGUE } from "../../src/domain/personal-data/catalogue.ts";
import { parseProcessors } from "../../src/domain/processing-record/processors.ts";
import { DAY } from "../../src/domain/shared/instant.ts";
import { testServer } from "../support/http.ts";
import { aRecipient } from "../support/webhooks.ts";

interface Shown {
  readonly activities: readonly {
    readonly collection: string;
    readonly category: string | null;
    readonly kept_days: number | null;
    readonly kept: string;
  }[];
  readonly recipients: readonly { readonly name: string }[];
  readonly controller: { readonly name: string };
}

test("the record says what the catalogue, the settings and the recipients say", async () => {
  const server = await testServer();
  await aRecipient(server);
  const { token } = await server.signIn("admin@example.org", "admin");
  const response = await server.request("GET", "/v1/admin/processing-record", { token });
  const shown = (await response.json()) as Shown;
  const personal = Object.entries(CATALOGUE).filter(([, { fields }]) =>
    Object.values(fields).some((rule) => rule.class !== "none"),
  );
  expect(shown.activities.map(({ collection }) => collection)).toEqual(personal.map(([name]) => name));
  expect(shown.activities.find(({ collection }) => collection === "comments")).toMatchObject({
    category: "comments",
    kept_days: server.deps.policies.retention.comments,
  });
  expect(shown.recipients.map(({ name }) => name)).toEqual(["Newsletter"]);
  expect(shown.controller.name).toBe(server.deps.policies.controller.name);
});

test("it says how long each collection is really kept", async () => {
  const server = await testServer();
  const { token } = await server.signIn("admin@example.org", "admin");
  const response = await server.request("GET", "/v1/admin/processing-record", { token });
  const { activities } = (await response.json()) as Shown;
  const kept = new Map(activities.map((each) => [each.collection, each]));
  const outbox = await server.deps.readers.records.walk("outgoing_mails", null, 10);
  const days = ({ created_at, retention_until }: { created_at: number; retention_until: number | null }) =>
    Math.ceil(((retention_until ?? Number.POSITIVE_INFINITY) - created_at) / DAY);
  for (const collection of ["sessions", "sign_in_links"] as const) {
    const [row] = await server.deps.readers.records.walk(collection, null, 1);
    expect(row).toBeDefined();
    expect(kept.get(collection)?.kept_days).toBe(row === undefined ? 0 : days(row));
    expect(kept.get(collection)?.kept).toBe("at most a day");
  }
  for (const mail of outbox) {
    expect(days(mail)).toBeLessThanOrEqual(kept.get("outgoing_mails")?.kept_days ?? 0);
  }
  expect(kept.get("outgoing_mails")?.kept).toBe("at most 30 days");
  const { user_data } = server.deps.policies.retention;
  expect(kept.get("consents")?.kept).toBe(`${user_data} days after the decision is no longer in force`);
  expect(kept.get("subjects")?.kept).toBe(`${user_data} days after the person was last here`);
  expect(kept.get("comments")?.kept).toBe(`${server.deps.policies.retention.comments} days`);
});

test("it is a page for whoever asks for one, and everything in it is escaped", async () => {
  const server = await testServer();
  const { caller, token } = await server.signIn("admin@example.org", "admin");
  const input = { name: "<b>Owl</b>", url: "https://owl.example/", events: ["subject.erased"] as const };
  await server.application.recipients.add(caller, input);
  const headers = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
  const response = await server.request("GET", "/v1/admin/processing-record", { token, headers });
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  const html = await response.text();
  expect(html).toContain("&lt;b&gt;Owl&lt;/b&gt;: subject.erased");
  expect(html).not.toContain("<b>Owl");
});

test("processors are read from a setting, with what makes a transfer lawful", () => {
  expect(
    parseProcessors("Hoster BV, hosting, NL; Mailer Inc, mail, US, standard clauses, Module 2;"),
  ).toEqual([
    { name: "Hoster BV", purpose: "hosting", country: "NL", safeguard: null },
    { name: "Mailer Inc", purpose: "mail", country: "US", safeguard: "standard clauses, Module 2" },
  ] as never);
  expect(parseProcessors("")).toEqual([]);
  expect(parseProcessors("Hoster BV, hosting")).toBeNull();
  expect(parseProcessors("Hoster BV, hosting, Netherlands")).toBeNull();
});
