import { t } from "elysia";
import { parseId, type ServiceCredentialId } from "../../../domain/shared/ids.ts";
import { err, ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { json, type Route, route } from "../route.ts";
import { PAGE_QUERY, pageRequest, uuid } from "../schemas/kinds.ts";
import {
  CreatedServiceCredential,
  NewServiceCredential,
  ServiceCredentialPage,
  serviceCredentialBody,
} from "../schemas/people.ts";

const PATH = "/v1/admin/service-credentials";

export const adminServiceCredentialRoutes = ({ application }: Service): readonly Route[] => {
  const { serviceCredentials } = application;
  return [
    route({
      method: "GET",
      path: PATH,
      operationId: "listServiceCredentials",
      tag: "administration",
      summary: "Service credentials, revoked ones too",
      permission: ["system:administer"],
      query: t.Object(PAGE_QUERY),
      success: { status: 200, description: "A page of credentials", schema: ServiceCredentialPage },
      problems: [],
      handle: async ({ caller, query }) => {
        const found = await serviceCredentials.list(caller, pageRequest(query));
        if (!found.ok) return found;
        const { items, next_cursor } = found.value;
        return ok(json({ items: items.map(serviceCredentialBody), next_cursor }));
      },
    }),
    route({
      method: "POST",
      path: PATH,
      operationId: "createServiceCredential",
      tag: "administration",
      summary: "Create a service credential",
      description: "Its token is in this answer and nowhere else.",
      permission: ["system:administer"],
      body: NewServiceCredential,
      success: {
        status: 201,
        description: "Created",
        schema: CreatedServiceCredential,
        headers: { Location: "The credential" },
      },
      problems: ["conflict"],
      handle: async ({ caller, body }) => {
        const created = await serviceCredentials.create(caller, body);
        if (!created.ok) return created;
        const { credential, token } = created.value;
        return ok(
          json(
            { ...serviceCredentialBody(credential), token },
            { headers: { Location: `${PATH}/${credential.id}` } },
          ),
        );
      },
    }),
    route({
      method: "DELETE",
      path: `${PATH}/:id`,
      operationId: "revokeServiceCredential",
      tag: "administration",
      summary: "Revoke a service credential",
      description: "It is refused from the next request on.",
      permission: ["system:administer"],
      params: { id: uuid() },
      success: { status: 204, description: "Revoked", schema: null },
      problems: ["not-found", "conflict"],
      handle: async ({ caller, params: { id } }) => {
        const credential = parseId<ServiceCredentialId>(id);
        if (credential === null) return err({ type: "not-found" });
        const revoked = await serviceCredentials.revoke(caller, credential);
        return revoked.ok ? ok({ content: null }) : revoked;
      },
    }),
  ];
};
