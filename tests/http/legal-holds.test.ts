import { expect, test } from "bun:test";
import { testServer } from "../support/http.ts";

test("a hold that is placed again under its key is answered as the first time, and placed once", async () => {
  const server = await testServer();
  const { token } = await server.signIn("admin@example.org", "admin");
  const json = { scope: "subject", on: server.deps.ids.subject(), reason: "Claim 2026-17" };
  const place = async () => {
    const headers = { "idempotency-key": "c6a7a8f4-2b6e-4d7e-8f4d-6a3b1f0f9c55" };
    const response = await server.request("POST", "/v1/admin/legal-holds", { token, json, headers });
    const { status } = response;
    return { status, location: response.headers.get("location"), body: await response.json() };
  };
  const first = await place();
  expect(first).toMatchObject({ status: 201, body: { ...json, lifted_at: null } });
  expect(await place()).toEqual(first);
  expect(await server.deps.readers.legalHolds.standing()).toHaveLength(1);
  const lifted = await server.request("DELETE", first.location ?? "", { token });
  expect(lifted.status).toBe(204);
});
