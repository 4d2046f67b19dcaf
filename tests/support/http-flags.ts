import { expect } from "bun:test";
import { type RequestOptions, testServer } from "./http.ts";
import { person, serviceToken } from "./http-people.ts";

export const BULK = "/ofrep/v1/evaluate/flags";
export const ONE = `${BULK}/enable_comments`;

/** A server, a program that may ask it, and an admin who turns flags. */
export const setUp = async () => {
  const server = await testServer();
  const token = await serviceToken(server, ["consents:check"]);
  const admin = await person(server, "admin@example.org", "admin");
  const evaluate = (path: string, options: RequestOptions = { json: {} }) =>
    server.request("POST", path, { token, ...options });
  const turn = (flag: string, enabled: boolean) =>
    server.request("PUT", `/v1/admin/flags/${flag}`, { token: admin.token, json: { enabled } });
  return { server, token, admin, evaluate, turn };
};

interface Failure {
  readonly key?: string;
  readonly errorCode: string;
  readonly errorDetails: string;
}

/** The whole answer of a refusal, but its words. */
export const failureOf = async (response: Response) => {
  const { errorDetails, ...rest } = (await response.json()) as Failure;
  expect(errorDetails).not.toBe("");
  return [response.status, response.headers.get("content-type"), rest];
};
