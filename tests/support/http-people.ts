import type { Scope, UserRole } from "../../src/domain/roles/role.ts";
import type { TestServer } from "./http.ts";
import { accepted } from "./service.ts";

/** The token of the newest sign-in link that was mailed to this address. */
export const linkTokenFor = async (server: TestServer, email: string): Promise<string> => {
  await server.deliver();
  const token = server.mails.findLast(({ to }) => to === email)?.text.match(/#(gnl_[\w-]+)/)?.[1];
  if (token === undefined) throw new Error("no sign-in link was mailed");
  return token;
};

export interface Person {
  readonly token: string;
  readonly subject: string;
}

/** Somebody who is signed in with this role. */
export const person = async (
  server: TestServer,
  email: string,
  role: UserRole = "commenter",
): Promise<Person> => {
  const { token, caller } = await server.signIn(email, role);
  if (caller.principal.kind !== "session") throw new Error("who signed in has a session");
  return { token, subject: caller.principal.subject.id };
};

export const serviceToken = async (server: TestServer, scopes: readonly Scope[]): Promise<string> =>
  accepted(await server.application.serviceCredentials.create("cli", { name: "platform", scopes })).token;

export interface Posted {
  readonly id: string;
  readonly edit_token: string;
  readonly version: number;
}

/** Posts a comment over HTTP. */
export const post = async (
  server: TestServer,
  token: string,
  more: { readonly thread?: string; readonly content?: string; readonly parent_id?: string } = {},
): Promise<Posted> => {
  const { data, error } = await server.client(token).POST("/v1/threads/{thread}/comments", {
    params: { path: { thread: more.thread ?? "/blog/post/" } },
    body: {
      content: more.content ?? "Thank you for this.",
      author_name: "Erika",
      author_email: "erika@example.org",
      gdpr_consent: true,
      ...(more.parent_id === undefined ? {} : { parent_id: more.parent_id }),
    },
  });
  if (data === undefined) throw new Error(`not posted: ${error?.code}`);
  return data;
};
