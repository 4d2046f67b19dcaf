import type { Static, TObject, TSchema } from "@sinclair/typebox";
import type { Caller } from "../../app/caller.ts";
import type { SignedByRecipient } from "../../app/recipients/recipients.ts";
import type { AuditResourceType } from "../../domain/audit/audit-details.ts";
import type { Result } from "../../domain/shared/result.ts";
import type { RateLimitBudget } from "../../ports/rate-limiter.ts";
import type { RoutePermission } from "./permissions.ts";
import type { RefusalForm } from "./refusal-form.ts";
import type { ProblemCode, Refusal } from "./refusals.ts";
import type { Precondition } from "./request-headers.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

type ParametersOf<Path extends string> = Path extends `${string}/:${infer Name}/${infer Rest}`
  ? Name | ParametersOf<`/${Rest}`>
  : Path extends `${string}/:${infer Name}`
    ? Name
    : never;

/** A request that passed every check of the pipeline. */
export interface Ask<Path extends string, Query, Body, IfMatch extends true | "optional" = true> {
  readonly caller: Caller;
  /** Decoded: `%2F` in a segment is a slash here. */
  readonly params: Readonly<Record<ParametersOf<Path>, string>>;
  readonly query: Query;
  readonly body: Body;
  /** Accept names text/html, and JSON not. */
  readonly prefersHtml: boolean;
  /** Of Accept-Language, best first. */
  readonly languages: readonly string[];
  /** Only on routes with `signedBody`. */
  readonly signed?: SignedByRecipient;
  /** Only on routes with `ifMatch`; null where it is optional and was not sent. */
  readonly ifMatch: IfMatch extends "optional" ? Precondition | null : Precondition;
}

export type Content =
  | { readonly type: "application/json" | "application/problem+json"; readonly value: unknown }
  /** A page of our own; its scripts and styles carry `nonce`, which is made for this one answer. */
  | { readonly type: "text/html"; readonly value: string; readonly nonce: string }
  | { readonly type: "text/plain"; readonly value: string }
  /** Bytes as they are; a stream is read as fast as the client takes it, and its end without an error is all of it. */
  | { readonly type: BytesType; readonly value: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> };

export const BYTES_TYPES = ["application/octet-stream", "application/zip"] as const;

export type BytesType = (typeof BYTES_TYPES)[number];

export interface Answer {
  /** One of the route's `alternatives`; without it that of `success`. */
  readonly status?: Success["status"];
  readonly content: Content | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  /** Only staff see it: on a route that others use as well, the use case says so. */
  readonly asStaff?: boolean;
}

/** An answer as it is kept for a repeated request. */
export const keptAnswer = (answer: Answer): string => JSON.stringify(answer);

export const json = (value: unknown, more: Omit<Answer, "content"> = {}): Answer => ({
  content: { type: "application/json", value },
  ...more,
});

export interface Success {
  readonly status: 200 | 201 | 202 | 204 | 304;
  readonly description: string;
  /** Of the JSON body; null: another content type, or none. */
  readonly schema: TSchema | null;
  readonly contentType?: "text/html" | "text/plain" | BytesType;
  /** A page instead of JSON, for whoever asks for one. */
  readonly alsoHtml?: true;
  /** Headers of this answer, and what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

interface Definition<
  Path extends string,
  Query extends TObject,
  Body extends TSchema,
  IfMatch extends true | "optional",
> {
  readonly method: Method;
  /** Parameters as `:name`. */
  readonly path: Path;
  readonly operationId: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** A route without one does not compile, and does not start. */
  readonly permission: RoutePermission;
  /** A bearer token may come in X-API-Key as well. */
  readonly apiKey?: true;
  /** What the `id` of the path names: that staff read it is told of this record. */
  readonly reads?: AuditResourceType;
  /** What each parameter of the path is. */
  readonly params?: Readonly<Record<ParametersOf<Path>, TSchema>>;
  /** The last parameter is all that follows, slashes too. */
  readonly rest?: true;
  readonly query?: Query;
  readonly body?: Body;
  /** The body is signed by a recipient of webhooks: the use case is handed the signature. */
  readonly signedBody?: true;
  /** No body at all is taken for an empty object. */
  readonly optionalBody?: true;
  /** The body is a form, as browsers and mail programs send it, instead of JSON. */
  readonly formBody?: true;
  /** The change needs If-Match; optional: it may create, too, and the use case judges. */
  readonly ifMatch?: IfMatch;
  readonly success: Success;
  /** Other answers that are no refusal. With a 304 among them, If-None-Match is compared with the ETag of the answer. */
  readonly alternatives?: readonly Success[];
  /** What can be refused besides what the pipeline itself refuses. */
  readonly problems: readonly ProblemCode[];
  /** How refusals are worded where a protocol says so; everywhere else they are problem documents. */
  readonly refusalForm?: RefusalForm;
  /** What is counted besides the general budget: costly routes, and those that leak or send. */
  readonly budget?: Exclude<RateLimitBudget, "general">;
  /** How long others may keep the answer; without it nobody may. */
  readonly cacheControl?: string;
  /** What a kept answer lacks because it must not be kept, and can be made again; without it the answer is whole. */
  readonly again?: (
    ask: Ask<Path, Static<Query>, Static<Body>, IfMatch>,
    kept: Answer,
  ) => Promise<Result<Answer, Refusal>>;
  readonly handle: (ask: Ask<Path, Static<Query>, Static<Body>, IfMatch>) => Promise<Result<Answer, Refusal>>;
}

/** A route whose types have been checked where it was written. */
export type Route = Definition<string, TObject, TSchema, true | "optional">;

/** A POST that creates something takes an Idempotency-Key. */
export const isCreating = ({ method, success }: Pick<Route, "method" | "success">): boolean =>
  method === "POST" && (success.status === 201 || success.status === 202);

export const TAGS = {
  consent: "Consent policy, decisions, withdrawals and what is in force",
  sessions: "Sign-in links and sessions",
  comments: "Threads, comments and reports",
  notifications: "Mails about comments, and how they are stopped",
  recipients: "Who receives personal data, and is told what becomes of them (GDPR Art. 19)",
  "privacy requests": "What people ask by right (GDPR Art. 15 to 21), and how it is answered",
  moderation: "What waits for moderators, and their decisions",
  administration: "Roles, service credentials, system configuration and feature flags",
  flags: "Evaluation of feature flags (OpenFeature Remote Evaluation Protocol 0.3)",
  audit: "The audit trail, and the transparency log over it",
  service: "Health, documentation and well-known resources",
} as const;

export type Tag = keyof typeof TAGS;

/** Declares a route: its schema, the permission it needs, one use case. */
export const route = <
  const Path extends string,
  Query extends TObject = TObject<Record<never, never>>,
  Body extends TSchema = TSchema,
  const IfMatch extends true | "optional" = true,
>(
  definition: Definition<Path, Query, Body, IfMatch>,
): Route =>
  // The pipeline hands over only what it has checked against the very schemas the handler was typed with.
  definition as unknown as Route;
