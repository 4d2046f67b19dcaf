// What an operation promises beyond what all answers have: its success, its limits, its refusals. The rows are written by
// hand, so that a header which changes anywhere else is seen there.
import type { TestServer } from "./http.ts";
import { post } from "./http-people.ts";

export type Expected = Readonly<Record<string, string | RegExp>>;

export interface Success {
  readonly status: number;
  readonly kind: "json" | "page" | "text" | "bytes" | "zip" | "nothing";
  readonly headers?: Expected;
  /** Besides, or instead, when TLS is in front. */
  readonly overTls?: Expected;
}

/** Who asks, on a server of their own. */
export interface Asker {
  readonly server: TestServer;
  readonly token: string;
  readonly subject: string;
}

export interface Row {
  readonly operation: string;
  readonly as: "nobody" | "commenter" | "moderator" | "admin" | "program" | "metrics";
  /** Budgets that count it; none: it is not limited, and looks at no credential. */
  readonly limits: readonly ("general" | "sign-in" | "consent" | "comments" | "exports" | "service")[];
  readonly success: Success;
  /** Where the template is not the path already. */
  readonly path?: (asker: Asker) => Promise<string> | string;
  readonly json?: (asker: Asker) => Promise<object> | object;
  readonly ifMatch?: true;
  /** Others that it needs. */
  readonly headers?: (asker: Asker, json: object | undefined) => Readonly<Record<string, string>>;
  /** A path of this operation where nothing is. */
  readonly nowhere?: string;
  /** What it cannot take: a query, a form, or JSON. */
  readonly invalid?: { readonly query: string } | { readonly form: string } | { readonly json: object };
  /** False where no use case stands behind it that could fail. */
  readonly fails: boolean;
  /** Refuses in the form of OFREP, with 400 for what is invalid, and knows 304. */
  readonly ofrep?: true;
  /** Takes a form, and none is sent. */
  readonly form?: true;
}

export const METRICS_TOKEN = "a-token-of-sixteen-characters";

export const ID = "0196f6a2-3c4d-7e5f-8a9b-0c1d2e3f4a5b";
export const GENERAL = ["general"] as const;
/** A program that is known; strangers count against the general budget. */
export const SERVICE = ["service"] as const;

export const JSON_200: Success = { status: 200, kind: "json" };
export const TAGGED: Success = { ...JSON_200, headers: { etag: /^"\d+"$/ } };
export const PAGE: Success = { status: 200, kind: "page" };
export const NOTHING: Success = { status: 204, kind: "nothing" };

/** Somebody else's comment. */
export const aComment =
  (suffix = "") =>
  async ({ server }: Asker): Promise<string> => {
    const { token } = await server.signIn("author@example.org");
    return `/v1/comments/${(await post(server, token)).id}${suffix}`;
  };
