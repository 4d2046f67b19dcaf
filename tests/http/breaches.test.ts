import { expect, test } from "bun:test";
import { testServer } from "../support/http.ts";

interface Shown {
  readonly id: string;
  readonly authority_notice: string;
  readonly persons_notice: string;
  readonly notice_due_at: string;
  readonly phases: readonly object[];
  readonly errors?: readonly { readonly pointer: string }[];
}

test("a breach is entered, told of in phases, completed, and stays on the list", async () => {
  const server = await testServer();
  const { token } = await server.signIn("admin@example.org", "admin");
  const ask = async (method: string, path: string, json?: object, version?: string) => {
    const headers: Record<string, string> = version === undefined ? {} : { "if-match": version };
    const response = await server.request(method, path, {
      token,
      headers,
      ...(json === undefined ? {} : { json }),
    });
    return {
      status: response.status,
      etag: response.headers.get("etag"),
      body: (await response.json()) as Shown,
    };
  };
  const PATH = "/v1/admin/breaches";
  const aware_at = new Date(server.deps.clock.now() - 3_600_000).toISOString();
  const now = new Date(server.deps.clock.now()).toISOString();

  const entered = await ask("POST", PATH, { nature: " A lost laptop ", aware_at });
  expect(entered).toMatchObject({
    status: 201,
    etag: '"1"',
    body: { nature: "A lost laptop", authority_notice: "due", persons_notice: "undecided" },
  });
  expect(Date.parse(entered.body.notice_due_at) - Date.parse(aware_at)).toBe(72 * 3_600_000);

  const one = `${PATH}/${entered.body.id}`;
  expect((await ask("PATCH", one, { risk: "high" })).status).toBe(428);
  const phase = { at: now, told: "A laptop is gone" };
  expect(await ask("PATCH", one, { risk: "high", phase }, '"1"')).toMatchObject({
    status: 200,
    etag: '"2"',
    body: { authority_notice: "begun", persons_notice: "due", phases: [phase] },
  });
  expect((await ask("PATCH", one, { risk: "unlikely" }, '"1"')).status).toBe(412);

  const early = await ask("PATCH", one, { notified_at: now }, '"2"');
  expect(early.status).toBe(422);
  expect(early.body.errors?.map(({ pointer }) => pointer)).toContain("#/measures");
  const whole = {
    person_categories: "readers",
    persons: 30,
    record_categories: "addresses",
    records: 30,
    contact: "privacy@example.org",
    consequences: "unwanted mail",
    measures: "the disk was encrypted",
    data_unintelligible: true,
    notified_at: now,
  };
  expect(await ask("PATCH", one, whole, '"2"')).toMatchObject({
    status: 200,
    body: { authority_notice: "given", persons_notice: "not_required", told_late: false, version: 3 },
  });
  expect(await ask("GET", one)).toMatchObject({ status: 200, etag: '"3"', body: { phases: [phase] } });
  const { body: list } = await ask("GET", PATH);
  expect(list).toMatchObject({ items: [{ id: entered.body.id }], next_cursor: null });
});
