import { describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { compactVerify, createLocalJWKSet } from "jose";
import { Compile } from "typebox/schema";
import { PURPOSE_TERMS } from "../../src/domain/consent/receipt-terms.ts";
import type { AuditEntryId, ConsentId } from "../../src/domain/shared/ids.ts";
import { HOUR, MINUTE } from "../../src/domain/shared/instant.ts";
import { DPV_TERMS } from "../support/dpv-terms.ts";
import { codeOf, testServer } from "../support/http.ts";
import { decisions, payloadOf } from "../support/receipt-scene.ts";

const SCHEMA = JSON.parse(
  await readFile(join(import.meta.dir, "../../docs/schemas/consent-receipt.json"), "utf8"),
);

/** Every prefixed name in keys and values. */
const termsIn = (value: unknown): readonly string[] => {
  if (typeof value === "string") return /^(?:dpv|pd|loc|eu-gdpr):/.test(value) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  const names = Array.isArray(value) ? [] : Object.keys(value).flatMap(termsIn);
  return [...names, ...Object.values(value).flatMap(termsIn)];
};

const isTerm = (term: string): boolean => {
  const [prefix = "", name = ""] = term.split(":");
  return (DPV_TERMS[prefix] ?? "").split(/\s+/).includes(name);
};

type Node = Readonly<Record<string, unknown>>;
const recordOf = (receipt: string): Node =>
  ((payloadOf(receipt) as Node)["dpv:hasRecordOfActivity"] as readonly Node[])[0] ?? {};
const processes = (receipt: string): readonly Node[] =>
  recordOf(receipt)["dpv:hasProcess"] as readonly Node[];
const eventsOf = (receipt: string, purpose: string): readonly Node[] =>
  (processes(receipt).find((each) => each["dct:identifier"] === purpose)?.["dpv:hasConsentStatus"] ??
    []) as readonly Node[];
const kinds = (events: readonly Node[]): readonly unknown[] =>
  events.map((each) => (Array.isArray(each["@type"]) ? each["@type"][0] : each["@type"]));

describe("the words of a receipt", () => {
  test("all stand in DPV 2.3", async () => {
    const { given } = await decisions();
    const used = new Set(given.flatMap(({ receipt }) => termsIn(payloadOf(receipt))));
    expect(used.size).toBeGreaterThan(55);
    expect([...used].filter((term) => !isTerm(term))).toEqual([]);
    expect(
      Object.values(PURPOSE_TERMS)
        .flatMap(({ purpose, data }) => [purpose, ...data])
        .filter((term) => !isTerm(term)),
    ).toEqual([]);
  });

  test("would be found if they did not: the guide's own mistakes are no terms", () => {
    const wrong = ["dpv:Analytics", "dpv:ConsentTerminated", "dpv:ConsentReconfirmed", "loc:XX", "pd:Mail"];
    expect(wrong.filter(isTerm)).toEqual([]);
    expect(termsIn({ "dpv:hasX": ["pd:Y", { "@id": "loc:Z" }], "dct:x": "eu-gdpr:W" })).toEqual([
      "dpv:hasX",
      "pd:Y",
      "loc:Z",
      "eu-gdpr:W",
    ]);
  });

  test("are IRIs where they are written as values: the context says so of every such member", async () => {
    const { given } = await decisions();
    const payload = payloadOf(given[0]?.receipt ?? "") as Node;
    const context = payload["@context"] as Readonly<Record<string, unknown>>;
    const plain: string[] = [];
    const look = (value: unknown, member: string): void => {
      if (typeof value === "string" && /^(?:dpv|pd|loc|eu-gdpr|urn|mailto|https?):/.test(value))
        plain.push(member);
      else if (Array.isArray(value)) for (const each of value) look(each, member);
      else if (typeof value === "object" && value !== null)
        for (const [name, each] of Object.entries(value)) look(each, name);
    };
    look({ ...payload, "@context": null }, "");
    const undeclared = new Set(plain.filter((member) => !Object.hasOwn(context, member)));
    // Keywords of JSON-LD itself, and identifiers, which are texts.
    expect([...undeclared].toSorted()).toEqual(["@id", "@type", "dct:identifier"]);
  });
});

describe("the payload", () => {
  test("validates against the published schema, which is the one that is served", async () => {
    const { server, given } = await decisions();
    const served = await (await server.request("GET", "/schemas/consent-receipt.json")).json();
    expect(served).toEqual(SCHEMA);
    const schema = Compile(SCHEMA);
    for (const { name, receipt } of given) {
      const [valid, errors] = schema.Errors(payloadOf(receipt));
      expect([name, valid, errors]).toEqual([name, true, []]);
    }
  });

  test("does not, once anything is missing, added or of another kind", async () => {
    const { given } = await decisions();
    const schema = Compile(SCHEMA);
    const payload = payloadOf(given[0]?.receipt ?? "");
    const optional = ["gonogo:auditEntry", "dpv:hasIndicationMethod"];
    let tried = 0;
    const spoil = (node: unknown): void => {
      if (typeof node !== "object" || node === null) return;
      for (const [name, value] of Object.entries(node)) {
        if (name === "@context") continue;
        const at = node as Record<string, unknown>;
        const spoiled = Array.isArray(node) || optional.includes(name) ? [-7] : [undefined, -7];
        for (const other of spoiled) {
          if (other === undefined) delete at[name];
          else at[name] = other;
          expect([name, other, schema.Check(payload)]).toEqual([name, other, false]);
          tried += 1;
          at[name] = value;
        }
        spoil(value);
      }
      if (Array.isArray(node)) return;
      Object.assign(node, { "gonogo:more": 1 });
      expect(schema.Check(payload)).toBe(false);
      delete (node as Record<string, unknown>)["gonogo:more"];
    };
    spoil(payload);
    expect(tried).toBeGreaterThan(100);
    expect(schema.Check(payload)).toBe(true);
  });

  test("says who, when, under which notice, how, until when, and which entry tells of it", async () => {
    const { server, given } = await decisions();
    const { receipt, consent } = given[0] ?? { receipt: "", consent: { id: "", subject: "", timestamp: "" } };
    const stored = await server.deps.readers.consents.byId(consent.id as ConsentId);
    const record = recordOf(receipt);
    expect(record).toMatchObject({
      "dct:identifier": consent.id,
      "dct:created": consent.timestamp,
      "dpv:isIndicatedBy": `urn:uuid:${consent.subject}`,
      "dpv:hasDataSubject": { "@id": `urn:uuid:${consent.subject}` },
      "dpv:hasDataController": { "dpv:hasName": "localhost", "dpv:hasContact": "http://localhost" },
      "dpv:hasNotice": {
        "dct:language": "de",
        "gonogo:policyVersion": 1,
        "dpv:hasNoticeStatus": "dpv:NoticeCommunicated",
        "gonogo:noticeHash": stored?.notice_hash,
      },
    });
    expect(eventsOf(receipt, "analytics")).toEqual([
      {
        "@type": ["dpv:ConsentGiven", "dpv:ExpressedConsent"],
        "dpv:isIndicatedAtTime": consent.timestamp,
        "dpv:hasIndicationMethod": "banner",
        "dpv:hasDuration": {
          "@type": "dpv:UntilTimeDuration",
          "rdf:value": new Date(stored?.expires_at ?? 0).toISOString(),
        },
      },
    ]);
    const entry = String(record["gonogo:auditEntry"]).slice("urn:uuid:".length);
    expect(await server.deps.readers.audit.byId(entry as AuditEntryId)).toMatchObject({
      action: "consent.recorded",
      resource_id: consent.id,
    } as never);
  });

  test("tells giving and what came of it in time order", async () => {
    const { given } = await decisions();
    const [banner, one, settings, all, refusal] = given.map(({ receipt }) => receipt) as [
      string,
      string,
      string,
      string,
      string,
    ];
    expect(kinds(eventsOf(banner, "marketing"))).toEqual(["dpv:ConsentGiven"]);
    expect(kinds(eventsOf(one, "marketing"))).toEqual(["dpv:ConsentGiven", "dpv:ConsentWithdrawn"]);
    expect(kinds(eventsOf(one, "analytics"))).toEqual(["dpv:ConsentGiven"]);
    expect(kinds(eventsOf(settings, "analytics"))).toEqual(["dpv:ConsentGiven", "dpv:ConsentRefused"]);
    expect(kinds(eventsOf(all, "marketing"))).toEqual(["dpv:ConsentGiven", "dpv:ConsentWithdrawn"]);
    expect(kinds(eventsOf(refusal, "marketing"))).toEqual(["dpv:ConsentGiven", "dpv:ConsentRefused"]);
    for (const receipt of [banner, one, settings, all, refusal])
      for (const purpose of ["functional", "analytics", "marketing"]) {
        const times = eventsOf(receipt, purpose).map((event) => String(event["dpv:isIndicatedAtTime"]));
        expect(times.toSorted()).toEqual(times);
      }
  });

  test("holds no address, and fits into a header", async () => {
    const { given } = await decisions();
    for (const { receipt } of given) {
      expect(JSON.stringify(payloadOf(receipt))).not.toContain("ada@example.org");
      expect(receipt.length).toBeLessThan(8_000);
    }
  });
});

describe("a receipt", () => {
  test("is given again, to the letter, to its person, and to nobody else", async () => {
    const { server, token, given } = await decisions();
    const { token: another } = await server.signIn("bob@example.org");
    for (const { receipt, consent } of given) {
      const path = { params: { path: { id: consent.id } } };
      expect((await server.client(token).GET("/v1/consents/{id}/receipt", path)).data?.receipt).toBe(receipt);
      const { error } = await server.client(another).GET("/v1/consents/{id}/receipt", path);
      expect(error?.code).toBe("not-found");
    }
    expect((await server.request("GET", "/v1/consents/nonsense/receipt", { token })).status).toBe(404);
  });

  test("is not kept for a repeated request, but made again", async () => {
    const server = await testServer();
    const { token } = await server.signIn("ada@example.org");
    const send = (path: string, json: object) =>
      server.request("POST", path, { token, json, headers: { "idempotency-key": "k-1" } });
    for (const [path, json] of [
      ["/v1/consents", { decisions: { marketing: true }, method: "settings" }],
      ["/v1/consents/withdrawals", { purposes: ["marketing"] }],
    ] as const) {
      const first = (await (await send(path, json)).json()) as { receipt: string };
      const again = await send(path, json);
      expect([again.status, await again.json()]).toEqual([201, first]);
    }
  });

  test("of two rotations ago verifies, here and with the public keys alone, and is a credential still", async () => {
    const { server, given } = await decisions();
    for (let n = 0; n < 2; n += 1) {
      server.pass(HOUR);
      await server.documentKeys.rotate();
      server.pass(2 * HOUR);
      await server.signIn(`somebody${n}@example.org`);
    }
    const { receipt, consent } = given[0] ?? { receipt: "", consent: { id: "" } };
    const response = await server.request("GET", "/.well-known/jwks.json");
    const set = (await response.json()) as { keys: { kid: string }[] };
    expect(set.keys).toHaveLength(3);
    expect((await compactVerify(receipt, createLocalJWKSet(set as never))).protectedHeader.kid).toBe(
      set.keys.at(-1)?.kid ?? "",
    );
    const { data } = await server.client(receipt).GET("/v1/consents/{id}/receipt", {
      params: { path: { id: consent.id } },
    });
    expect(data?.receipt).not.toBe(receipt);
    expect(payloadOf(data?.receipt ?? "")).toEqual(payloadOf(receipt));
    expect(
      (await compactVerify(data?.receipt ?? "", createLocalJWKSet(set as never))).protectedHeader.kid,
    ).toBe(set.keys[0]?.kid ?? "");
  });

  test("is counted by its person, not by whoever shows it", async () => {
    const server = await testServer({ perMinute: 5 });
    const { token } = await server.signIn("ada@example.org");
    const { data } = await server.client(token).POST("/v1/consents", {
      body: { decisions: {}, method: "settings" },
    });
    const receipt = data?.receipt ?? "";
    const statuses: number[] = [];
    for (let n = 0; n < 8; n += 1)
      statuses.push(
        (await server.request("GET", "/v1/consents/current", { token: n % 2 === 0 ? receipt : token }))
          .status,
      );
    expect(statuses.filter((status) => status === 200).length).toBeLessThan(5);
    expect(statuses.at(-1)).toBe(429);
  });

  test("withdraws for its person without any account, and nothing is granted by it", async () => {
    const server = await testServer();
    server.pass(MINUTE);
    const { data } = await server.client().POST("/v1/consents", {
      body: { decisions: { marketing: true }, method: "api" },
    });
    const holder = server.client(data?.receipt);
    const { data: done } = await holder.POST("/v1/consents/withdrawals", {
      body: { purposes: ["marketing"] },
    });
    expect(done?.current.purposes.marketing).toMatchObject({ granted: false, reason: "withdrawn" });
    const refused = await server.request("POST", "/v1/consents", {
      token: data?.receipt ?? "",
      json: { decisions: { marketing: true }, method: "api" },
    });
    expect([refused.status, await codeOf(refused)]).toEqual([403, "permission-missing"]);
  });
});
