import { expect, test } from "bun:test";
import { Compile } from "typebox/schema";
import type { KantaraReceipt } from "../../src/domain/consent/kantara-receipt.ts";
import { codeOf } from "../support/http.ts";
import { KANTARA_SCHEMA } from "../support/kantara-schema.ts";
import { decisions } from "../support/receipt-scene.ts";

const SCHEMA = Compile(KANTARA_SCHEMA as object);

const scene = async () => {
  const { server, token, given } = await decisions();
  const of = async (id: string, credential: string = token) =>
    server.request("GET", `/v1/consents/${id}/receipt/kantara`, { token: credential });
  const shown = await Promise.all(
    given.map(async ({ name, consent }) => {
      const response = await of(consent.id);
      expect(response.status).toBe(200);
      return { name, consent, kantara: (await response.json()) as KantaraReceipt };
    }),
  );
  return { server, token, given, of, shown };
};

const titles = ({ services }: KantaraReceipt) =>
  services.flatMap(({ purposes }) => purposes.map(({ purpose }) => purpose));

test("every decision has its receipt in that form, valid, with the time in seconds", async () => {
  const { shown } = await scene();
  for (const { name, consent, kantara } of shown) {
    expect([name, SCHEMA.Check(kantara)]).toEqual([name, true]);
    expect(kantara.consentTimestamp).toBe(Math.floor(Date.parse(consent.timestamp) / 1_000));
    expect(kantara.consentReceiptID).toBe(consent.id);
    expect(kantara.piiPrincipalId).toBe(`urn:uuid:${consent.subject}`);
    expect(JSON.stringify(kantara)).not.toContain("ada@");
  }
});

test("it holds what was consented to and stands, in the words of the notice", async () => {
  const { shown } = await scene();
  expect(
    shown.map(({ name, kantara }) => [name, kantara.language, kantara.collectionMethod, titles(kantara)]),
  ).toEqual([
    ["banner", "de", "banner", ["Funktional", "Analyse", "Marketing"]],
    ["withdrawal of one", "en", "api", ["Functional", "Analytics"]],
    ["settings", "en", "settings", ["Marketing"]],
    ["withdrawal of all", "en", "api", []],
    ["refusal", "en", "api", []],
  ]);
  const [purpose] = shown[2]?.kantara.services[0]?.purposes ?? [];
  expect(purpose).toEqual({
    purpose: "Marketing",
    consentType: "EXPLICIT",
    purposeCategory: ["https://w3id.org/dpv#DirectMarketing"],
    piiCategory: ["https://w3id.org/dpv/pd#EmailAddress"],
    termination: expect.stringMatching(
      /^2027-\d\d-\d\dT[\d:.]+Z, or before by withdrawal at http:\/\/localhost\/v1\/consents\/withdrawals$/,
    ),
    thirdPartyDisclosure: false,
  });
});

test("the schema finds what is missing or of another kind", async () => {
  const { shown } = await scene();
  const whole = shown[0]?.kantara;
  if (whole === undefined) throw new Error("nothing was decided");
  for (const name of KANTARA_SCHEMA.required) {
    const { [name as keyof KantaraReceipt]: _, ...rest } = whole;
    expect([name, SCHEMA.Check(rest)]).toEqual([name, false]);
  }
  const [controller] = whole.piiControllers;
  const [service] = whole.services;
  const wrong = [
    { ...whole, consentTimestamp: "1772452800" },
    { ...whole, consentTimestamp: 0.5 },
    { ...whole, version: "1.1" },
    { ...whole, piiControllers: [{ ...controller, phone: undefined }] },
    { ...whole, piiControllers: [{ ...controller, address: "Uilenweg 1" }] },
    { ...whole, services: [{ ...service, purposes: [{ ...service?.purposes[0], consentType: "N/A" }] }] },
    {
      ...whole,
      services: [{ ...service, purposes: [{ ...service?.purposes[0], thirdPartyDisclosure: true }] }],
    },
  ];
  expect(wrong.map((each) => SCHEMA.Check(JSON.parse(JSON.stringify(each))))).toEqual(wrong.map(() => false));
});

test("it is found by whoever may have the receipt, and by nobody else", async () => {
  const { server, given, of } = await scene();
  const [first] = given;
  const id = first?.consent.id ?? "";
  expect((await of(id, first?.receipt)).status).toBe(200);
  const { token: other } = await server.signIn("bob@example.org");
  expect(await codeOf(await of(id, other))).toBe("not-found");
  expect(await codeOf(await of(crypto.randomUUID(), other))).toBe("not-found");
});
