import { t } from "elysia";
import type { NewSessionView, SessionView } from "../../../app/application.ts";
import { PERMISSIONS, ROLES, SCOPES } from "../../../domain/roles/role.ts";
import {
  credentialScopes,
  SERVICE_CREDENTIAL_NAME_MAX,
  type ServiceCredential,
} from "../../../domain/roles/service-credential.ts";
import type { Subject } from "../../../domain/roles/subject.ts";
import { integer, named, nullable, oneOf, page, record, text, time, uuid } from "./kinds.ts";
import { timeText, timeTextOrNull } from "./times.ts";

const Role = named("UserRole", oneOf(ROLES, { description: "A role includes the ones before it." }));
const PermissionName = named("Permission", oneOf(PERMISSIONS));
const ScopeName = named("Scope", oneOf(SCOPES));

export const NewSignInLink = named(
  "NewSignInLink",
  record({
    email: text(254, { examples: ["erika@example.org"] }),
    return_to: t.Optional(
      nullable(t.String(), {
        description: "Where to go after signing in: a URL of this service or of an origin in CORS_ORIGINS",
        examples: ["https://www.example.org/blog/first-post/"],
      }),
    ),
  }),
);

export const Accepted = named("Accepted", record({ status: oneOf(["accepted"]) }));

export const LinkSession = named(
  "LinkSession",
  record(
    { link_token: t.String({ description: "The part of the link after `#`" }) },
    { description: "Spends a sign-in link." },
  ),
);

export const ServiceSession = named(
  "ServiceSession",
  record(
    {
      external_user_id: text(200, {
        description: "The person's id on the surrounding platform; kept in the vault only",
        examples: ["platform-user-1"],
      }),
      permissions: t.Optional(
        nullable(t.Array(PermissionName, { uniqueItems: true }), {
          description: "Narrows the session to these; never widens it. Null: all that the role allows.",
        }),
      ),
    },
    {
      description:
        "Opens a session for a user of the surrounding platform; needs the scope `sessions:create`.",
    },
  ),
);

const SESSION = {
  subject: uuid("Pseudonym of the person"),
  role: Role,
  permissions: t.Array(PermissionName),
  expires_at: time(),
};

export const Session = named("Session", record(SESSION));

export const OpenedSession = named(
  "OpenedSession",
  record({
    token: t.String({ description: "Bearer token. Shown once.", examples: ["gns_…"] }),
    ...SESSION,
    return_to: nullable(t.String(), { description: "What the sign-in link was asked for with" }),
  }),
);

export const SubjectView = named(
  "Subject",
  record(
    {
      id: uuid(),
      role: Role,
      status: oneOf(["active", "restricted", "erased"]),
      created_at: time(),
      updated_at: time(),
      version: integer({ minimum: 1, description: "What ETag says and If-Match wants" }),
    },
    { description: "A data subject, by pseudonym. Who she is stands in the identity vault alone." },
  ),
);

export const RoleChange = named("RoleChange", record({ role: Role }));

const CREDENTIAL = {
  id: uuid(),
  name: t.String({ examples: ["shop backend"] }),
  scopes: t.Array(ScopeName),
  created_at: time(),
  revoked_at: nullable(time()),
};

export const ServiceCredentialView = named("ServiceCredential", record(CREDENTIAL));

export const ServiceCredentialPage = page("ServiceCredentialPage", ServiceCredentialView);

export const CreatedServiceCredential = named(
  "CreatedServiceCredential",
  record({
    ...CREDENTIAL,
    token: t.String({ description: "Bearer token. Shown once, stored hashed.", examples: ["gnk_…"] }),
  }),
);

export const NewServiceCredential = named(
  "NewServiceCredential",
  record({
    name: text(SERVICE_CREDENTIAL_NAME_MAX, { examples: ["shop backend"] }),
    scopes: t.Array(ScopeName, { minItems: 1, uniqueItems: true }),
  }),
);

export const sessionBody = (session: SessionView) => ({
  subject: session.subject,
  role: session.role,
  permissions: session.permissions,
  expires_at: timeText(session.expires_at),
});

export const openedSessionBody = (opened: NewSessionView) => ({
  token: opened.token,
  ...sessionBody(opened),
  return_to: opened.return_to,
});

export const subjectBody = (subject: Subject) => ({
  id: subject.id,
  role: subject.role,
  status: subject.status,
  created_at: timeText(subject.created_at),
  updated_at: timeText(subject.updated_at),
  version: subject.version,
});

export const serviceCredentialBody = (credential: ServiceCredential) => ({
  id: credential.id,
  name: credential.name,
  scopes: credentialScopes(credential),
  created_at: timeText(credential.created_at),
  revoked_at: timeTextOrNull(credential.revoked_at),
});
