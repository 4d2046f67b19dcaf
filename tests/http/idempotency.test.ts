import { describe, expect, test } from "bun:test";
import { DAY } from "../../src/domain/shared/instant.ts";
import { testServer } from "../support/http.ts";

const KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324";

const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { code: string }).code;

const signedIn = async () => {
  const service = await testServer();
  const { token } = await service.signIn("ada@example.org");
  const { caller } = await service.signIn("root@example.org", "admin");
  const send = (path: string, json: unknown, key: string | null = KEY, bearer: string | undefined = token) =>
    service.request("POST", path, {
      json,
      ...(bearer === undefined ? {} : { token: bearer }),
      headers: key === null ? {} : { "idempotency-key": key },
    });
  return { service, token, caller, send };
};

const DECISION = { decisions: { functional: true }, method: "settings" };

describe("Idempotency-Key", () => {
  test("the same key and body answers the first answer again, and does it once", async () => {
    const { service, token, send } = await signedIn();
    const first = await send("/v1/consents", DECISION);
    const again = await send("/v1/consents", DECISION);
    const quoted = await send("/v1/consents", DECISION, `"${KEY}"`);
    expect([first.status, again.status, quoted.status]).toEqual([201, 201, 201]);
    const body = await first.text();
    expect(await again.text()).toBe(body);
    expect(await quoted.text()).toBe(body);
    expect(again.headers.get("location")).toBe(first.headers.get("location"));
    expect(again.headers.getSetCookie()).toEqual(first.headers.getSetCookie());
    const history = await service.client(token).GET("/v1/consents/history");
    expect(history.data?.items).toHaveLength(1);
  });

  test("the order of a body's fields does not matter, its values do", async () => {
    const { send } = await signedIn();
    expect((await send("/v1/consents", DECISION)).status).toBe(201);
    const reordered = { method: "settings", decisions: { functional: true } };
    expect((await send("/v1/consents", reordered)).status).toBe(201);
    const other = await send("/v1/consents", { ...DECISION, decisions: { functional: false } });
    expect([other.status, await codeOf(other)]).toEqual([422, "idempotency-key-reused"]);
  });

  test("an answer that showed a secret is not given again, and what it made is there once", async () => {
    const { service, send } = await signedIn();
    const comment = { content: "once", author_name: "Ada", gdpr_consent: true };
    expect((await send("/v1/threads/once/comments", comment)).status).toBe(201);
    const again = await send("/v1/threads/once/comments", comment);
    expect([again.status, await codeOf(again)]).toEqual([409, "already-created"]);
    const listed = await service.client().GET("/v1/threads/{thread}/comments", {
      params: { path: { thread: "once" } },
    });
    expect(listed.data?.items).toHaveLength(1);
  });

  test("requests with one key at the same moment have one effect", async () => {
    const { service, token, send } = await signedIn();
    const answers = await Promise.all(Array.from({ length: 6 }, () => send("/v1/consents", DECISION)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThan(0);
    expect(statuses.every((status) => status === 201 || status === 409)).toBe(true);
    const history = await service.client(token).GET("/v1/consents/history");
    expect(history.data?.items).toHaveLength(1);
    expect((await send("/v1/consents", DECISION)).status).toBe(201);
  });

  test("a key belongs to its caller and its path", async () => {
    const { service, send } = await signedIn();
    const bob = await service.signIn("bob@example.org");
    expect((await send("/v1/consents", DECISION)).status).toBe(201);
    expect((await send("/v1/consents", { ...DECISION, decisions: {} }, KEY, bob.token)).status).toBe(201);
    expect((await send("/v1/consents/withdrawals", { purposes: ["functional"] })).status).toBe(201);
  });

  test("a refused request may be sent again under its key", async () => {
    const { send } = await signedIn();
    const comment = { content: "reply", author_name: "Ada", gdpr_consent: false };
    expect((await send("/v1/threads/once/comments", comment)).status).toBe(422);
    expect((await send("/v1/threads/once/comments", { ...comment, gdpr_consent: true })).status).toBe(201);
  });

  test("after 24 hours the key is free, to the millisecond", async () => {
    const { service } = await signedIn();
    const { token } = await service.signIn("eve@example.org");
    const send = (bearer: string, json: unknown) =>
      service.request("POST", "/v1/consents", { json, token: bearer, headers: { "idempotency-key": KEY } });
    expect((await send(token, DECISION)).status).toBe(201);
    service.pass(DAY - 1);
    const late = (await service.signIn("eve@example.org")).token;
    const other = { ...DECISION, decisions: {} };
    expect((await send(late, other)).status).toBe(422);
    service.pass(1);
    expect((await send(late, other)).status).toBe(201);
    expect((await send(late, other)).status).toBe(201);
    expect((await send(late, DECISION)).status).toBe(422);
  });

  test("a key must be visible ASCII", async () => {
    const { send } = await signedIn();
    for (const key of ["", '""', "a b", "x".repeat(256)]) {
      const refused = await send("/v1/consents", DECISION, key);
      expect([refused.status, await codeOf(refused)]).toEqual([400, "idempotency-key-invalid"]);
    }
    expect((await send("/v1/consents", DECISION, "invalid")).status).toBe(201);
  });

  test("what is kept is sealed and speaks of no key, no caller and no body", async () => {
    const { service, send } = await signedIn();
    await send("/v1/consents", DECISION);
    const kept = await service.deps.readers.idempotentAnswers.expired(
      (service.deps.clock.now() + 2 * DAY) as never,
      10,
    );
    expect(kept).toHaveLength(1);
    const text = JSON.stringify(kept);
    for (const part of [KEY, "functional", "consents", "granted"]) expect(text).not.toContain(part);
  });
});
