import { permissionGlossary, type Requirement } from "./permissions.ts";
import type { Route } from "./route.ts";

const ABOUT = `The shared GDPR infrastructure of a content site: consent, comments, sessions and roles.

Fields are in \`snake_case\`, times in RFC 3339 UTC, ids are UUIDs. Lists answer \`items\` and \`next_cursor\`.
Every answer carries \`X-Request-Id\`. A problem is \`application/problem+json\` (RFC 9457); its \`type\` leads to a page
that explains it, and its \`support_id\` is the request id. Unknown fields in a body are refused. Bodies are at most 64 KiB.

A change that is signed in by cookie must come from an allowed origin (\`Origin\`, \`Sec-Fetch-Site\`). Over plain http on
localhost the cookies are called \`gonogo_session\` and \`gonogo_subject\`.

Each operation names in \`x-permission\` what it needs; of alternatives, one is enough:

`;

export const documentInfo = (version: string) => ({
  title: "GoNoGo",
  version,
  description: ABOUT + permissionGlossary(),
  license: { name: "MIT", identifier: "MIT", url: undefined as unknown as string },
});

export const SECURITY_SCHEMES = {
  bearer: {
    type: "http",
    scheme: "bearer",
    description:
      "A session (`gns_…`), a service credential (`gnk_…`), the edit token of a comment (`gne_…`) or a consent receipt (a JWS)",
  },
  api_key: {
    type: "apiKey",
    in: "header",
    name: "X-API-Key",
    description: "What could be the bearer token, for clients of the OpenFeature Remote Evaluation Protocol",
  },
  webhook_signature: {
    type: "apiKey",
    in: "header",
    name: "webhook-signature",
    description:
      "Standard Webhooks: of a recipient, with its secret, over `webhook-id.webhook-timestamp.body`",
  },
  session_cookie: {
    type: "apiKey",
    in: "cookie",
    name: "__Host-gonogo_session",
    description: "Set by signing in with a link",
  },
  subject_cookie: {
    type: "apiKey",
    in: "cookie",
    name: "__Host-gonogo_subject",
    description: "Set by the first decision of a visitor without an account",
  },
} as const;

type Scheme = keyof typeof SECURITY_SCHEMES;

const schemesOf = (requirement: Requirement): readonly Scheme[] => {
  switch (requirement) {
    case "none":
      return [];
    case "edit-token":
    case "receipt":
    case "service":
    case "sessions:create":
    case "consents:check":
      return ["bearer"];
    case "recipient":
      return ["webhook_signature"];
    case "subject":
    case "person":
      return ["bearer", "session_cookie", "subject_cookie"];
    default:
      return ["bearer", "session_cookie"];
  }
};

/** Everybody may, but a credential is looked at. */
const OPEN: readonly Requirement[] = ["content:read", "person"];

export const securityOf = ({
  permission,
  apiKey,
}: Pick<Route, "permission" | "apiKey">): readonly object[] => {
  const schemes = new Set([...permission.flatMap(schemesOf), ...(apiKey === true ? ["api_key"] : [])]);
  const open = permission.some((requirement) => OPEN.includes(requirement));
  return [...(open ? [{}] : []), ...[...schemes].map((scheme) => ({ [scheme]: [] }))];
};
