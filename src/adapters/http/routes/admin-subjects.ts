import type { Subject } from "../../../domain/roles/subject.ts";
import { parseId, type SubjectId } from "../../../domain/shared/ids.ts";
import { err, ok, type Result } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { versionFor } from "../precondition.ts";
import type { Refusal } from "../refusals.ts";
import { entityTag } from "../request-headers.ts";
import { type Answer, json, type Route, route } from "../route.ts";
import { uuid } from "../schemas/kinds.ts";
import { RoleChange, SubjectView, subjectBody } from "../schemas/people.ts";

const NOT_FOUND: Result<never, Refusal> = err({ type: "not-found" });
const params = { id: uuid("Pseudonym of the person") };

const answered = (subject: Subject): Answer =>
  json(subjectBody(subject), { headers: { ETag: entityTag(subject.version) } });

export const adminSubjectRoutes = ({ application }: Service): readonly Route[] => [
  route({
    method: "GET",
    path: "/v1/admin/subjects/:id",
    operationId: "readSubject",
    reads: "subject",
    tag: "administration",
    summary: "One data subject, by pseudonym",
    permission: ["system:administer"],
    params,
    success: {
      status: 200,
      description: "The subject",
      schema: SubjectView,
      headers: { ETag: "Its version" },
    },
    problems: ["not-found"],
    handle: async ({ caller, params: { id } }) => {
      const subject = parseId<SubjectId>(id);
      if (subject === null) return NOT_FOUND;
      const found = await application.roles.readSubject(caller, subject);
      return found.ok ? ok(answered(found.value)) : found;
    },
  }),
  route({
    method: "PUT",
    path: "/v1/admin/subjects/:id/role",
    operationId: "changeRole",
    tag: "administration",
    summary: "Grant or take a role",
    description: "Acts on the next request of the person. The last admin keeps the role.",
    permission: ["system:administer"],
    params,
    body: RoleChange,
    ifMatch: true,
    success: {
      status: 200,
      description: "Changed",
      schema: SubjectView,
      headers: { ETag: "Its new version" },
    },
    problems: ["not-found", "last-admin", "subject-not-active", "conflict"],
    handle: async ({ caller, params: { id }, body, ifMatch }) => {
      const subject = parseId<SubjectId>(id);
      if (subject === null) return NOT_FOUND;
      const version = await versionFor(ifMatch, () => application.roles.readSubject(caller, subject));
      if (!version.ok) return version;
      const changed = await application.roles.changeRole(caller, {
        subject,
        role: body.role,
        version: version.value,
      });
      return changed.ok ? ok(answered(changed.value)) : changed;
    },
  }),
];
