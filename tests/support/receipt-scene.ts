// A person's decisions over HTTP, in every way there is, and the receipts that answered them.
import { MINUTE } from "../../src/domain/shared/instant.ts";
import { type TestServer, testServer } from "./http.ts";

export interface Given {
  readonly name: string;
  readonly receipt: string;
  readonly consent: { readonly id: string; readonly subject: string; readonly timestamp: string };
}

export const payloadOf = (receipt: string): unknown =>
  JSON.parse(Buffer.from(receipt.split(".")[1] ?? "", "base64url").toString());

/** A banner's decision in German, one in the settings, one by the API, a refusal, and withdrawals. */
export const decisions = async (): Promise<{
  server: TestServer;
  token: string;
  given: readonly Given[];
}> => {
  const server = await testServer({ analytics: true });
  const { token } = await server.signIn("ada@example.org");
  const client = server.client(token);
  const given: Given[] = [];
  const decide = async (
    name: string,
    body: {
      decisions: Record<string, boolean>;
      notice_token?: string;
      method: "banner" | "settings" | "api";
    },
  ) => {
    server.pass(MINUTE);
    const { data, error } = await client.POST("/v1/consents", { body });
    if (data === undefined) throw new Error(`${name}: ${error?.code}`);
    given.push({ name, ...data });
  };
  const withdraw = async (name: string, purposes: ("functional" | "analytics" | "marketing")[]) => {
    server.pass(MINUTE);
    const { data, error } = await client.POST("/v1/consents/withdrawals", { body: { purposes } });
    if (data === undefined) throw new Error(`${name}: ${error?.code}`);
    given.push({ name, ...data });
  };
  const { data: shown } = await client.GET("/v1/consent-policy", { params: { query: { lang: "de" } } });
  const all = { functional: true, analytics: true, marketing: true };
  await decide("banner", { decisions: all, notice_token: shown?.notice_token ?? "", method: "banner" });
  await withdraw("withdrawal of one", ["marketing"]);
  await decide("settings", { decisions: { marketing: true }, method: "settings" });
  await withdraw("withdrawal of all", ["functional", "analytics", "marketing"]);
  await decide("refusal", { decisions: {}, method: "api" });
  return { server, token, given };
};
