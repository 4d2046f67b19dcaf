import { expect, test } from "bun:test";
import { betrayals, CANARY } from "../support/canary.ts";
import { openCanaryBrowser } from "../support/canary-browser.ts";
import { everythingGoesWrong, MET_BY_RIGHTS } from "../support/canary-rights.ts";
import { testServer } from "../support/http.ts";

test("no problem of rights, holds, recipients and policies holds anything of hers, nor does a log line", async () => {
  const server = await testServer();
  const { she, problems } = openCanaryBrowser((path, init) =>
    server.request(init.method ?? "GET", path, {
      headers: init.headers as Record<string, string>,
      ...(typeof init.body === "string" ? { body: init.body } : {}),
    }),
  );
  const { token } = await server.signIn(CANARY.email, "admin");
  await everythingGoesWrong(server, she, token);

  expect([...problems.keys()]).toEqual(
    expect.arrayContaining(["invalid-input", "malformed-json", "not-found", "credential-required"]),
  );
  expect(MET_BY_RIGHTS.filter((code) => !problems.has(code))).toEqual([]);
  for (const [code, bodies] of problems) {
    for (const body of bodies) expect([code, body, betrayals(body)]).toEqual([code, body, []]);
  }
  expect(server.logs.length).toBeGreaterThan(200);
  for (const line of server.logs.map((each) => JSON.stringify(each)))
    expect([line, betrayals(line)]).toEqual([line, []]);
  // What was found nowhere is in the mails that are hers.
  await server.deliver();
  expect(betrayals(JSON.stringify(server.mails.filter(({ to }) => to === CANARY.email)))).not.toEqual([]);
  await server.close();
});
