import { describe, expect, test } from "bun:test";
import { codeOf, pointersOf, type TestServer, testServer } from "../support/http.ts";
import { type NewPolicy, newPolicy } from "../support/policies.ts";

const PATH = "/v1/admin/consent-policies";

const setUp = async () => {
  const server = await testServer();
  const { token } = await server.signIn("admin@example.org", "admin");
  const put = (version: number | string, json: object, headers: Record<string, string> = {}) =>
    server.request("PUT", `${PATH}/${version}`, { token, json, headers });
  const publish = (version: number | string, material: boolean, match: string | null = "*") =>
    server.request("POST", `${PATH}/${version}/publication`, {
      token,
      json: { material },
      headers: match === null ? {} : { "if-match": match },
    });
  const read = async (path: string) =>
    (await server.request("GET", PATH + path, { token })).json() as Promise<Record<string, unknown>>;
  return { server, token, put, publish, read };
};

const shown = async (server: TestServer, lang = "en") => {
  const { data } = await server.client().GET("/v1/consent-policy", { params: { query: { lang } } });
  if (data === undefined) throw new Error("there is a policy");
  return data;
};

const textsWith = (fields: Partial<NewPolicy["texts"][number]>, policy = newPolicy()): NewPolicy => ({
  ...policy,
  texts: policy.texts.map((each) => ({ ...each, ...fields })),
});

describe("a policy", () => {
  test("is drafted, looked at, changed and published, and people are shown it from then on", async () => {
    const { server, put, publish, read } = await setUp();
    const drafted = await put(2, newPolicy({}, ["en", "de-CH"]));
    expect([drafted.status, drafted.headers.get("etag")]).toEqual([201, '"1"']);
    expect(await drafted.json()).toMatchObject({
      version: 2,
      status: "draft",
      material_version: null,
      published_at: null,
      texts: [{ language: "de-ch" }, { language: "en" }],
    });
    expect((await shown(server)).version).toBe(1);

    const changed = await put(2, textsWith({ title: "Another title" }), { "if-match": '"1"' });
    expect([changed.status, changed.headers.get("etag")]).toEqual([200, '"2"']);
    const preview = await read("/2/preview?lang=en");
    expect(preview).toMatchObject({ version: 2, title: "Another title", validity_days: 182 });
    expect(preview).not.toHaveProperty("notice_token");
    expect(await read("/2/preview?lang=fr")).toMatchObject({ language: "en" });

    const published = await publish(2, true, '"2"');
    expect([published.status, published.headers.get("location")]).toEqual([201, `${PATH}/2`]);
    expect(await published.json()).toMatchObject({ status: "published", material_version: 2 });
    const { notice_hash, ...now } = await shown(server);
    expect(now).toMatchObject({ version: 2, title: "Another title", validity_days: 182 });
    // What was looked at is to the letter what is shown.
    expect(notice_hash).toBe(String(preview["notice_hash"]));
    expect(await read("")).toMatchObject({
      items: [
        { version: 2, status: "published", material_version: 2, languages: ["en"] },
        { version: 1, status: "published", material_version: 1 },
      ],
      next_cursor: null,
    });
  });

  test("of before stays as it was, and can be shown again", async () => {
    const { put, publish, read } = await setUp();
    const before = await read("/1/preview?lang=de");
    await put(2, newPolicy());
    await publish(2, true);
    expect(await read("/1/preview?lang=de")).toEqual(before);
    for (const refused of [
      await put(1, newPolicy()),
      await put(1, newPolicy(), { "if-match": "*" }),
      await put(2, newPolicy(), { "if-match": '"2"' }),
      await publish(1, false),
      await publish(2, false),
    ]) {
      expect([refused.status, await codeOf(refused)]).toEqual([409, "policy-published"]);
    }
  });

  test("is listed page by page", async () => {
    const { put, publish, read } = await setUp();
    for (const version of [2, 3]) {
      await put(version, newPolicy());
      await publish(version, false);
    }
    const first = await read("?limit=2");
    expect(first).toMatchObject({ items: [{ version: 3 }, { version: 2 }], next_cursor: "2" });
    expect(await read("?limit=2&cursor=2")).toMatchObject({ items: [{ version: 1 }], next_cursor: null });
  });

  test("counts up by one: nothing else can be drafted or published", async () => {
    const { put, publish } = await setUp();
    for (const version of [3, 7, 999_999]) {
      const refused = await put(version, newPolicy());
      expect([refused.status, await codeOf(refused)]).toEqual([409, "policy-version-not-next"]);
      expect((await publish(version, true)).status).toBe(404);
    }
    for (const version of ["0", "-1", "x", "1.0", "01", "%00", "9".repeat(40)]) {
      expect((await put(version, newPolicy())).status).toBe(404);
    }
  });

  test("asks for the version that was read", async () => {
    const { put, publish } = await setUp();
    expect(await codeOf(await put(2, newPolicy(), { "if-match": '"1"' }))).toBe("version-mismatch");
    await put(2, newPolicy());
    expect(await codeOf(await put(2, newPolicy()))).toBe("precondition-required");
    await put(2, textsWith({ title: "Changed by another admin" }), { "if-match": '"1"' });
    expect(await codeOf(await put(2, newPolicy(), { "if-match": '"1"' }))).toBe("version-mismatch");
    expect(await codeOf(await publish(2, true, '"1"'))).toBe("version-mismatch");
    expect(await codeOf(await publish(2, true, null))).toBe("precondition-required");
    expect((await publish(2, true, '"2"')).status).toBe(201);
  });

  test("is refused with everything that is wrong with it, and nothing of it repeated", async () => {
    const { put } = await setUp();
    const response = await put(
      2,
      textsWith(
        { language: "hostile words", title: "hostile\u001b", save: "" },
        newPolicy({ legal_bases: { ...newPolicy().legal_bases, essential: "consent" } }),
      ),
    );
    const text = await response.text();
    expect(text).not.toContain("hostile");
    expect(await pointersOf(new Response(text))).toEqual([
      "#/legal_bases/essential",
      "#/texts/0/language",
      "#/texts/0/save",
      "#/texts/0/title",
      "#/texts",
    ]);
    for (const [fields, pointer] of [
      [{ validity_days: 0 }, "#/validity_days"],
      [{ validity_days: 731 }, "#/validity_days"],
      [{ texts: [] }, "#/texts"],
    ] as const) {
      expect(await pointersOf(await put(2, newPolicy(fields as Partial<NewPolicy>)))).toEqual([pointer]);
    }
    const { marketing: _, ...bases } = newPolicy().legal_bases;
    expect(await pointersOf(await put(2, { ...newPolicy(), legal_bases: bases }))).toEqual([
      "#/legal_bases/marketing",
    ]);
  });

  test("with another legal basis is published as a material change or not at all", async () => {
    const { put, publish } = await setUp();
    await put(2, newPolicy({ legal_bases: { ...newPolicy().legal_bases, functional: "contract" } }));
    const refused = await publish(2, false);
    expect([refused.status, await codeOf(refused)]).toEqual([422, "material-change-required"]);
    expect((await publish(2, true)).status).toBe(201);
  });

  test("drafted or published by two at once is one's", async () => {
    const { put, publish, read } = await setUp();
    const drafts = await Promise.all(
      Array.from({ length: 8 }, (_, at) => put(2, textsWith({ title: `Of ${at}` }))),
    );
    expect(drafts.map(({ status }) => status).toSorted()).toEqual([201, ...Array(7).fill(428)]);
    const published = await Promise.all(
      Array.from({ length: 8 }, (_, at) => publish(2, at % 2 === 0, '"1"')),
    );
    expect(published.map(({ status }) => status).toSorted()).toEqual([201, ...Array(7).fill(409)]);
    const winner = published.findIndex(({ status }) => status === 201);
    expect(await read("/2")).toMatchObject({ material_version: winner % 2 === 0 ? 2 : 1 });
  });

  test("is published once under an Idempotency-Key, however often that is sent", async () => {
    const { server, token, put } = await setUp();
    await put(2, newPolicy());
    const send = () =>
      server.request("POST", `${PATH}/2/publication`, {
        token,
        json: { material: false },
        headers: { "if-match": '"1"', "idempotency-key": "publish-2" },
      });
    const [first, again] = [await send(), await send()];
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(await again.text()).toBe(await first.text());
  });

  test("leaves a trail of who read, drafted and published it", async () => {
    const { server, put, publish, read } = await setUp();
    await put(2, newPolicy());
    await read("/2/preview");
    await publish(2, true);
    const trail = await server.deps.readers.audit.list(null, 100);
    const told = trail
      .filter(({ action }) => /consent_policy|staff/.test(action))
      .map(({ action, details, user_id_hash }) => [action, JSON.parse(details ?? ""), user_id_hash !== null]);
    expect(told).toEqual([
      ["consent_policy.published", { policy_version: 1, material: true }, false],
      ["consent_policy.drafted", { policy_version: 2, created: true }, true],
      ["staff.read", { operation: "previewConsentPolicy" }, true],
      ["consent_policy.published", { policy_version: 2, material: true }, true],
    ]);
  });
});
