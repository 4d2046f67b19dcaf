// The canary exercises her rights, and runs the place: everything goes wrong, with her values in it.
import { CANARY } from "./canary.ts";
import type { CanaryBrowser } from "./canary-browser.ts";
import type { TestServer } from "./http.ts";
import { newPolicy } from "./policies.ts";
import { confirmationFor } from "./privacy-requests.ts";
import { anOpenDelivery, aRecipient, signedHeaders } from "./webhooks.ts";

/** What is met here and nowhere else. */
export const MET_BY_RIGHTS = [
  "address-in-use",
  "confirmation-invalid",
  "delivery-closed",
  "extension-not-possible",
  "material-change-required",
  "policy-published",
  "policy-version-not-next",
  "request-already-open",
  "request-state-conflict",
  "stronger-proof-required",
  "webhook-signature-invalid",
] as const;

type She = CanaryBrowser["she"];

const HERS = encodeURIComponent(CANARY.email);
const NOWHERE = "01890a5d-ac96-774b-bcce-b302099a8057";
const REQUESTS = "/v1/privacy-requests";

/** Bodies that are refused, with her values where a value can be wrong, too long, of another type, or no field at all. */
const WRONG: readonly unknown[] = [
  CANARY.text,
  [CANARY.email],
  { [CANARY.email]: CANARY.text },
  { type: CANARY.name, scope: CANARY.name, events: [CANARY.name], step: CANARY.name, on: CANARY.email },
  { type: "erasure", comments: CANARY.text, statement: CANARY.text.repeat(300) },
  { type: "objection", purpose: CANARY.name, statement: [CANARY.text], email: CANARY.name },
  { type: "restriction", ground: CANARY.name, received_at: CANARY.text },
  { type: "rectification", rectification: { name: CANARY.name.repeat(40), email: `${CANARY.email}@` } },
  { type: "rectification", rectification: { comment: { id: CANARY.email, content: CANARY.text } } },
  { type: "access", email: CANARY.name, statement: `${CANARY.text}\u0000` },
  { scope: "subject", on: NOWHERE, reason: CANARY.text.repeat(300) },
  { name: CANARY.name.repeat(40), url: `http://${CANARY.ip}/${CANARY.name}`, events: ["subject.erased"] },
  { name: CANARY.name, url: `https://${CANARY.email}/${HERS}`, events: [CANARY.externalId] },
  { reason: [CANARY.text], ground: CANARY.name, decision: CANARY.name, token: [CANARY.email] },
  { step: "confirm", subject: CANARY.email },
  { delivery_id: CANARY.email, material: CANARY.text, dry_run: CANARY.name },
  newPolicy({ validity_days: CANARY.text as never }, [CANARY.email, CANARY.name]),
];

const REFUSING = [
  "/v1/privacy-requests",
  `/v1/privacy-requests/${NOWHERE}/confirmation`,
  "/v1/admin/privacy-requests",
  ...["extension", "refusal", "decision", "identity", "lifting"].map(
    (step) => `/v1/admin/privacy-requests/${NOWHERE}/${step}`,
  ),
  "/v1/admin/breaches",
  "/v1/admin/legal-holds",
  "/v1/admin/webhooks",
  "/v1/webhook-acknowledgements",
  "/v1/admin/consent-policies/2/publication",
] as const;

/** Paths and queries that hold what is hers, where there is nothing. */
const NOT_THERE: readonly (readonly [method: string, path: string])[] = [
  ["GET", `${REQUESTS}/${HERS}`],
  ["GET", `${REQUESTS}/${HERS}/export`],
  ["POST", `${REQUESTS}/${HERS}/cancellation`],
  ["GET", `${REQUESTS}?cursor=${HERS}&limit=${HERS}`],
  ["GET", `/v1/admin/privacy-requests?state=${HERS}&type=${encodeURIComponent(CANARY.name)}`],
  ["DELETE", `/v1/admin/legal-holds/${HERS}`],
  ["GET", `/v1/admin/legal-holds?cursor=${HERS}&limit=${HERS}`],
  ["DELETE", `/v1/admin/webhooks/${HERS}`],
  ["POST", `/v1/admin/webhooks/${HERS}/secrets`],
  ["GET", `/v1/admin/webhooks/${HERS}/deliveries?cursor=${HERS}`],
  ["POST", `/v1/admin/webhooks/${HERS}/deliveries/${HERS}/redelivery`],
  ["GET", `/v1/admin/consent-policies/${HERS}`],
  ["GET", `/v1/admin/consent-policies/1/preview?lang=${HERS}`],
  ["GET", `/v1/admin/retention-runs/${HERS}`],
  ["GET", `/v1/admin/breaches/${HERS}`],
];

const requestsGoWrong = async (server: TestServer, she: She, token: string): Promise<void> => {
  const ask = (json: object, credential = token) => she("POST", REQUESTS, { token: credential, json });
  const admin = (id: string, step: string, json: object) =>
    she("POST", `/v1/admin/privacy-requests/${id}/${step}`, { token, json });
  const access = { type: "access", statement: CANARY.text };
  const { id } = (await ask(access)).json() as { id: string };
  await ask(access);
  await admin(id, "extension", { reason: CANARY.text });
  await admin(id, "extension", { reason: CANARY.text });
  await admin(id, "lifting", { reason: CANARY.text });
  await admin(id, "refusal", { ground: "excessive", reason: CANARY.text });
  await admin(id, "decision", { decision: "granted", reason: CANARY.text });

  const decided = await she("POST", "/v1/consents", { json: { decisions: {}, method: "api" } });
  const { receipt } = decided.json() as { receipt: string };
  await ask({ type: "rectification", rectification: { email: CANARY.email } }, receipt);
  // An address that is somebody else's by the time she follows the link to it.
  const other = "somebody@example.org";
  await server.signIn(other);
  await ask({ type: "rectification", rectification: { name: CANARY.name, email: other } });
  const link = await confirmationFor(server, other);
  const confirm = (sent: string) =>
    she("POST", `${REQUESTS}/${link.id}/confirmation`, { json: { token: sent } });
  await confirm(CANARY.email);
  await confirm(link.token);
};

const recipientsGoWrong = async (server: TestServer, she: She, token: string): Promise<void> => {
  const recipient = await aRecipient(server, "https://newsletter.example/hooks");
  const delivery = await anOpenDelivery(server, recipient);
  const headers = {
    "webhook-id": CANARY.email,
    "webhook-timestamp": CANARY.ip,
    "webhook-signature": `v1,${btoa(CANARY.email)}`,
  };
  await she("POST", "/v1/webhook-acknowledgements", { headers, json: { delivery_id: delivery } });
  const body = JSON.stringify({ delivery_id: delivery });
  const type = { "content-type": "application/json" };
  const signed = { ...type, ...signedHeaders(server, recipient.secret, body) };
  await she("POST", "/v1/webhook-acknowledgements", { headers: signed, body });
  await she("POST", `/v1/admin/webhooks/${recipient.id}/deliveries/${delivery}/redelivery`, { token });
};

const policiesGoWrong = async (she: She, token: string): Promise<void> => {
  const policy = newPolicy();
  const draft = (version: number, change: Partial<typeof policy> = {}) =>
    she("PUT", `/v1/admin/consent-policies/${version}`, {
      token,
      json: { ...policy, ...change, texts: policy.texts.map((text) => ({ ...text, body: CANARY.text })) },
    });
  await draft(1);
  await draft(7);
  await draft(2, { legal_bases: { ...policy.legal_bases, functional: "legitimate_interests" } });
  await she("POST", "/v1/admin/consent-policies/2/publication", {
    token,
    headers: { "if-match": "*" },
    json: { material: false },
  });
};

/** Whatever is refused for what was sent, or because nothing is there. */
export const everythingIsRefused = async (she: She, token: string): Promise<void> => {
  for (const path of REFUSING) {
    for (const json of WRONG) await she("POST", path, { token, json });
    await she("POST", path, { token, headers: { "content-type": "application/json" }, body: CANARY.text });
    await she("POST", path, { json: WRONG[0] });
  }
  for (const json of WRONG) await she("PUT", "/v1/admin/consent-policies/2", { token, json });
  for (const [method, path] of NOT_THERE) {
    await she(method, path, { token });
    await she(method, path);
  }
};

export const everythingGoesWrong = async (server: TestServer, she: She, token: string): Promise<void> => {
  await everythingIsRefused(she, token);
  await requestsGoWrong(server, she, token);
  await recipientsGoWrong(server, she, token);
  await policiesGoWrong(she, token);
};
