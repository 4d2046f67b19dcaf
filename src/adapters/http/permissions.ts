import { createHash, timingSafeEqual } from "node:crypto";
import { type Principal, requirePermission, requireScope } from "../../app/caller.ts";
import { type Permission, SCOPES, type Scope } from "../../domain/roles/role.ts";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import type { HttpSettings } from "./context.ts";
import type { Refusal } from "./refusals.ts";

/** What a route may ask for besides a person's permissions and a program's scopes. */
export type Standing =
  | "none"
  | "metrics"
  | "person"
  | "subject"
  | "rights-holder"
  | "session"
  | "service"
  | "edit-token"
  | "receipt"
  | "recipient";

export type Requirement = Permission | Scope | Standing;

/** One of these is enough. */
export type RoutePermission = readonly [Requirement, ...Requirement[]];

const EXPLAINED: Readonly<Record<Requirement, string>> = {
  none: "everybody; no credential is looked at",
  metrics: "whoever has METRICS_TOKEN; where it is not set, the loopback while no proxy is configured",
  "content:read": "everybody, with any valid credential or none",
  person: "a person: a session, a visitor with the subject cookie, or somebody not known yet; no program",
  subject: "a known data subject: a session, or a visitor with the subject cookie",
  "rights-holder":
    "whoever can show that data here are hers: a session, the subject cookie, a consent receipt or a comment's edit token",
  session: "a session",
  service: "a service credential, whatever its scopes",
  "comments:post": "a session of a commenter (or a role above) that was not narrowed to less",
  "comments:moderate": "a session of a moderator or admin that was not narrowed to less",
  "system:administer": "a session of an admin that was not narrowed to less",
  "edit-token": "the edit token of the comment",
  receipt: "the holder of a consent receipt: her consent and her rights, nothing else",
  recipient: "a recipient of webhooks, by its signature over the body",
  "sessions:create": "a service credential with this scope",
  "consents:check": "a service credential with this scope",
};

/** The vocabulary of `x-permission`, for the document. */
export const permissionGlossary = (): string =>
  Object.entries(EXPLAINED)
    .map(([name, meaning]) => `- \`${name}\`: ${meaning}`)
    .join("\n");

const isRequirement = (text: string): text is Requirement => Object.hasOwn(EXPLAINED, text);

/** As the document states it: alternatives separated by a bar. */
export const permissionText = (permission: RoutePermission): string => permission.join(" | ");

const isScope = (requirement: Permission | Scope): requirement is Scope =>
  SCOPES.some((scope) => scope === requirement);

const meets = (principal: Principal, requirement: Requirement): Result<null, Refusal> => {
  const { kind } = principal;
  const refused: Result<never, Refusal> =
    kind === "anonymous" || kind === "visitor"
      ? err({ type: "credential-required" })
      : err({ type: "permission-missing", permission: requirement });
  switch (requirement) {
    case "none":
    // The use case judges the signature: the secret it is by belongs to what the body names.
    case "recipient":
      return ok(null);
    case "metrics":
      // Decided by the pipeline, which knows where the request comes from.
      return refused;
    case "person":
      return kind === "service" || kind === "edit-token" || kind === "receipt" ? refused : ok(null);
    case "subject":
      return kind === "session" || kind === "visitor" ? ok(null) : refused;
    case "rights-holder":
      return kind === "service" || kind === "anonymous" ? refused : ok(null);
    case "session":
    case "service":
    case "edit-token":
    case "receipt":
      return kind === requirement ? ok(null) : refused;
    default: {
      const met = isScope(requirement)
        ? requireScope(principal, requirement)
        : requirePermission(principal, requirement);
      return met.ok ? met : refused;
    }
  }
};

/** Whether the caller may use the route at all; whose resource it is, the use case judges. Answers the first refusal. */
export const permits = (permission: RoutePermission, principal: Principal): Result<null, Refusal> => {
  const outcomes = permission.map((requirement) => meets(principal, requirement));
  return outcomes.find(({ ok: met }) => met) ?? outcomes[0] ?? err({ type: "credential-required" });
};

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1)$/;

/** Whether metrics may be read: they name no person, but tell an attacker how the service fares. */
export const mayReadMetrics = (
  request: Request,
  ip: string | null,
  settings: Pick<HttpSettings, "metricsToken" | "trustedProxies">,
): boolean => {
  if (settings.metricsToken === null) {
    return settings.trustedProxies.length === 0 && ip !== null && LOOPBACK.test(ip);
  }
  const given = createHash("sha256")
    .update(request.headers.get("authorization") ?? "")
    .digest();
  const wanted = createHash("sha256").update(`Bearer ${settings.metricsToken}`).digest();
  return timingSafeEqual(given, wanted);
};

/** A route that does not say who may use it does not start, however it got there. */
export const demandPermissions = (
  routes: readonly { readonly method: string; readonly path: string; readonly hooks: unknown }[],
): void => {
  for (const { method, path, hooks } of routes) {
    const stated = (hooks as { detail?: { "x-permission"?: unknown } }).detail?.["x-permission"];
    if (typeof stated !== "string" || !stated.split(" | ").every(isRequirement)) {
      throw new Error(`${method} ${path} states no permission`);
    }
  }
};
