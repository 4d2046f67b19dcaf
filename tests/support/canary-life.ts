// The canary lives through every feature that can hold her, over HTTP.
import { rm, writeFile } from "node:fs/promises";
import { CANARY } from "./canary.ts";
import { everythingIsRefused } from "./canary-rights.ts";
import { exportOfHers, type World } from "./canary-world.ts";
import { type Environment, runCli } from "./process.ts";

const THREAD = "/v1/threads/birds/comments";
const REQUESTS = "/v1/privacy-requests";
const INBOX = "/v1/admin/privacy-requests";
/** Her longer words: some are quoted by others. */
const TEXT = `${CANARY.text} Er kam im Mai zu uns und singt seither jeden Morgen.`;
/** Words of hers that anybody may say. */
const COMMON = "Vielen Dank für diesen schönen Beitrag.";

interface WithId {
  readonly id: string;
}
interface Posted extends WithId {
  readonly edit_token: string;
}

export interface Life {
  readonly subject: string;
  readonly token: string;
  /** The cookie of the visitor that she was. */
  readonly cookie: string;
  /** What she was handed of hers: as bytes of a ZIP file. */
  readonly archive: Buffer;
}

/** A visitor who decides by the banner, with a signal, and takes something back by her receipt. */
const decides = async ({ hers, browser }: World): Promise<string> => {
  const { notice_token }: { notice_token: string } = await hers(200, "GET", "/v1/consent-policy");
  const decided = await browser.she("POST", "/v1/consents", {
    headers: { "sec-gpc": "1" },
    json: { decisions: { functional: true, marketing: true }, notice_token, method: "banner" },
  });
  const cookie = decided.headers
    .getSetCookie()
    .find((each) => each.startsWith("gonogo_subject="))
    ?.split(";")[0];
  if (decided.status !== 201 || cookie === undefined) throw new Error(`not decided: ${decided.text}`);
  const { receipt, consent } = decided.json() as { receipt: string; consent: WithId };
  const json = { purposes: ["marketing"], method: "api" };
  await hers(201, "POST", "/v1/consents/withdrawals", { token: receipt, json });
  for (const path of ["/v1/consents/history", `/v1/consents/${consent.id}/receipt`]) {
    await hers(200, "GET", path, { headers: { cookie } });
  }
  return cookie;
};

/** From the platform, known by its id alone; then with the name and the address that she gave and proved. */
const arrives = async ({ hers, mailed, platform }: World): Promise<Pick<Life, "subject" | "token">> => {
  const { token }: { token: string } = await hers(201, "POST", "/v1/sessions", {
    token: platform,
    json: { external_user_id: CANARY.externalId },
  });
  const rectification = { name: CANARY.name, email: CANARY.email };
  await hers(201, "POST", REQUESTS, { token, json: { type: "rectification", rectification } });
  const link = await mailed(CANARY.email, /confirm-request#([\w-]+\.gnp_[\w-]+)/);
  const [id, confirmation] = link.split(".");
  await hers(200, "POST", `${REQUESTS}/${id}/confirmation`, { json: { token: confirmation } });
  await hers(204, "DELETE", "/v1/sessions/current", { token });

  await hers(202, "POST", "/v1/sign-in-links", { json: { email: CANARY.email } });
  const link_token = await mailed(CANARY.email, /#(gnl_[\w-]+)/);
  const session: { token: string; subject: string } = await hers(201, "POST", "/v1/sessions", {
    json: { link_token },
  });
  // One that is never followed.
  await hers(202, "POST", "/v1/sign-in-links", { json: { email: CANARY.email } });
  await hers(200, "POST", "/ofrep/v1/evaluate/flags", {
    token: platform,
    json: { context: { targetingKey: session.subject, email: CANARY.email, name: CANARY.name } },
  });
  return session;
};

/** She and others speak, of her and to her; moderators see to it, and so does she for a while. */
const speaks = async (world: World, { subject, token }: Pick<Life, "subject" | "token">): Promise<Posted> => {
  const { hers, mailed, admin, moderator, neighbour } = world;
  const her = { author_name: CANARY.name, author_email: CANARY.email, gdpr_consent: true };
  const his = { author_name: "Otto", author_email: "otto@example.org", gdpr_consent: true };
  const say = (content: string, more: object = {}): Promise<Posted> =>
    hers(201, "POST", THREAD, { token, json: { ...her, content, notify_replies: true, ...more } });
  const answer = (content: string, more: object = {}): Promise<Posted> =>
    neighbour.ask(201, "POST", THREAD, { ...his, content, notify_replies: true, ...more });
  const moderate = ({ id }: WithId, decision: string, reason: string | null = null) =>
    moderator.ask(
      200,
      "POST",
      `/v1/comments/${id}/moderation`,
      { decision, reason },
      {
        "idempotency-key": `decision-on-${id}`,
      },
    );

  const first = await say(TEXT);
  await moderate(first, "approve", `${CANARY.name} schreibt oft`);
  const reply = await answer(
    `<p>&gt; ${TEXT}</p><p>Liebe Quendolina, Frau ZWIEBELFISCH, das finde ich auch.</p>`,
    { parent_id: first.id },
  );
  await moderate(reply, "approve");
  const unsubscribing = await mailed(CANARY.email, /(\/unsubscribe\/[\w.-]+)/);
  const second = await say(`Danke, Otto! Ich bin ${CANARY.name}, ${CANARY.email}.`, { parent_id: reply.id });
  await moderate(second, "approve");
  await mailed("otto@example.org", /(Zwiebelfisch)/);
  const edited = await say("Noch einmal von mir.");
  await hers(200, "PATCH", `/v1/comments/${edited.id}`, {
    token: edited.edit_token,
    headers: { "if-match": "*" },
    json: { content: `Noch einmal: ${TEXT}` },
  });
  await moderate(edited, "reject", `Zu lang, ${CANARY.name}`);
  const removed = await say(`Vergessen Sie das: ${TEXT}`);
  await hers(204, "DELETE", `/v1/comments/${removed.id}`, { token, headers: { "if-match": "*" } });
  await say(`Das wartet noch: ${TEXT}`);
  await say(COMMON);
  await moderate(await answer(COMMON), "approve");
  await moderate(await answer(`Ich weiss noch, wie jemand schrieb: ${TEXT}`), "approve");
  const mention = await answer(
    `<p>Anderswo: <a href="mailto:${CANARY.email}">${CANARY.name.toUpperCase()}</a> weiss das (${CANARY.externalId}).</p>`,
  );
  await moderate(mention, "approve");
  await neighbour.ask(202, "POST", `/v1/comments/${first.id}/reports`, { reason: `${CANARY.name} stört` });
  await hers(202, "POST", `/v1/comments/${mention.id}/reports`, { token, json: { reason: TEXT } });
  await hers(200, "POST", unsubscribing, {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "List-Unsubscribe=One-Click",
  });

  const role = `/v1/admin/subjects/${subject}/role`;
  await admin.ask(200, "PUT", role, { role: "moderator" }, { "if-match": "*" });
  await hers(200, "GET", "/v1/moderation/queue", { token });
  const odd = await answer("Das hier ist seltsam.");
  await hers(200, "POST", `/v1/comments/${odd.id}/moderation`, {
    token,
    json: { decision: "reject", reason: `Nein. ${CANARY.name}` },
  });
  await admin.ask(200, "PUT", role, { role: "commenter" }, { "if-match": "*" });
  return first;
};

/** All her rights but the last, and what an operator does about them. */
const asks = async (
  { hers, admin, neighbour, url }: World,
  { token }: Pick<Life, "token">,
  comment: WithId,
): Promise<Buffer> => {
  const statement = `Ich bin ${CANARY.name}, ${CANARY.email}: ${TEXT}`;
  const ask = (json: object, credential = token): Promise<WithId> =>
    hers(201, "POST", REQUESTS, { token: credential, json: { statement, ...json } });
  const operate = (id: string, step: string, json: object) =>
    admin.ask(200, "POST", `${INBOX}/${id}/${step}`, json);
  const takenBack = (id: string) => hers(200, "POST", `${REQUESTS}/${id}/cancellation`, { token });

  const access = await ask({ type: "access" });
  await operate(access.id, "extension", { reason: `Viel zu lesen, Frau ${CANARY.name}` });
  const exported = await fetch(`${url}${REQUESTS}/${access.id}/export`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const archive = Buffer.from(await exported.arrayBuffer());
  await ask({ type: "portability" });
  await ask({
    type: "rectification",
    rectification: { comment: { id: comment.id, content: `${TEXT} Und manchmal auch am Abend.` } },
  });
  const restriction = await ask({ type: "restriction", ground: "accuracy_contested" });
  await takenBack(restriction.id);
  await ask({ type: "objection", purpose: "marketing" });
  const objection = await ask({ type: "objection", purpose: "analytics" });
  await admin.ask(200, "GET", `${REQUESTS}/${objection.id}`);
  const his: WithId = await neighbour.ask(201, "POST", REQUESTS, {
    type: "access",
    statement: `Was schreibt ${CANARY.name} (${CANARY.email}) von mir? Etwa: ${TEXT}`,
  });
  await operate(his.id, "extension", { reason: `Wir fragen ${CANARY.name}` });
  const letter = { type: "access", email: CANARY.email, statement: `Brief von ${CANARY.name}` };
  await admin.ask(201, "POST", INBOX, letter);
  const early = await ask({ type: "erasure", comments: "keep_text" });
  await takenBack(early.id);
  await hers(200, "GET", REQUESTS, { token });
  return archive;
};

/** Admins write of her by her id, as they are told to. */
const isWrittenOf = async ({ admin }: World, subject: string): Promise<void> => {
  const reason = `Claim of ${subject}`;
  const hold: WithId = await admin.ask(201, "POST", "/v1/admin/legal-holds", {
    scope: "subject",
    on: subject,
    reason,
  });
  await admin.ask(204, "DELETE", `/v1/admin/legal-holds/${hold.id}`);
  await admin.ask(201, "POST", "/v1/admin/breaches", {
    nature: `A mail to ${subject} went astray`,
    aware_at: new Date().toISOString(),
  });
  const value = { value: subject, description: `Asked for by ${subject}`, is_sensitive: false };
  await admin.ask(201, "PUT", "/v1/admin/config/site.guest", value);
};

/** Everything goes wrong, with her values in it. */
const goesWrong = async (
  world: World,
  { token }: Pick<Life, "token">,
  { breaking, refusals }: Trouble,
): Promise<void> => {
  const { she } = world.browser;
  if (refusals) await everythingIsRefused(she, world.admin.token);
  await she("GET", `/${encodeURIComponent(CANARY.email)}/${CANARY.name}`);
  await she("POST", THREAD, { token, json: { content: [TEXT], author_name: `${CANARY.name}\u0000` } });
  await she("POST", "/v1/sessions", { json: { link_token: CANARY.email } });
  await breaking(async () => {
    const failed = await she("POST", THREAD, {
      token,
      json: { content: TEXT, author_name: CANARY.name, author_email: CANARY.email, gdpr_consent: true },
    });
    if (failed.status !== 500) throw new Error(`nothing broke: ${failed.status}`);
  });
};

/** Takes the comments away from the store for as long as something is tried. */
export type Breaking = (meanwhile: () => Promise<void>) => Promise<void>;

export interface Trouble {
  readonly breaking: Breaking;
  /** Also everything that can be refused: no database is asked for most of it. */
  readonly refusals: boolean;
}

/** Her whole life but its end. `folder` is not the service's. */
export const liveThrough = async (
  world: World,
  settings: Environment,
  { folder, ...trouble }: Trouble & { readonly folder: string },
): Promise<Life> => {
  const { hers } = world;
  const cookie = await decides(world);
  const { subject, token } = await arrives(world);
  const file = `${folder}/isso.json`;
  await writeFile(file, exportOfHers(TEXT));
  await runCli(settings, "import", "comments", "--format", "isso", file);
  await rm(file);
  await hers(201, "POST", "/v1/consents", {
    token,
    json: { decisions: { marketing: true }, method: "settings" },
  });
  const comment = await speaks(world, { subject, token });
  const archive = await asks(world, { token }, comment);
  await isWrittenOf(world, subject);
  await goesWrong(world, { token }, trouble);
  return { subject, token, cookie, archive };
};

/** She asks for the erasure of all that she is here, as herself and as the visitor that she was. */
export const asksForErasure = async (
  { hers, url }: World,
  { token, cookie }: Life,
): Promise<readonly string[]> => {
  const json = {
    type: "erasure",
    comments: "remove_text",
    statement: `Vergesst mich. ${CANARY.name}: ${TEXT}`,
  };
  const account: WithId = await hers(201, "POST", REQUESTS, { token, json });
  const visitor: WithId = await hers(201, "POST", REQUESTS, { json, headers: { cookie, origin: url } });
  return [account.id, visitor.id];
};
