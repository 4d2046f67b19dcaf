import { t } from "elysia";
import type { ConfigurationView } from "../../../app/application.ts";
import { ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { changedVersion, versionFor } from "../precondition.ts";
import { entityTag } from "../request-headers.ts";
import { type Answer, json, type Route, route } from "../route.ts";
import {
  Configuration,
  ConfigurationPage,
  configurationBody,
  configurationKey,
  NewConfiguration,
} from "../schemas/configuration.ts";
import { PAGE_QUERY, pageRequest } from "../schemas/kinds.ts";

const PATH = "/v1/admin/config";
const params = { key: configurationKey };

const answered = (view: ConfigurationView): Answer =>
  json(configurationBody(view), { headers: { ETag: entityTag(view.version) } });

export const adminConfigurationRoutes = ({ application }: Service): readonly Route[] => {
  const { configuration } = application;
  return [
    route({
      method: "GET",
      path: PATH,
      operationId: "listConfiguration",
      tag: "administration",
      summary: "System configuration, by key",
      permission: ["system:administer"],
      query: t.Object(PAGE_QUERY),
      success: { status: 200, description: "A page of values", schema: ConfigurationPage },
      problems: [],
      handle: async ({ caller, query }) => {
        const found = await configuration.list(caller, pageRequest(query));
        if (!found.ok) return found;
        const { items, next_cursor } = found.value;
        return ok(json({ items: items.map(configurationBody), next_cursor }));
      },
    }),
    route({
      method: "GET",
      path: `${PATH}/:key`,
      operationId: "readConfiguration",
      tag: "administration",
      summary: "One value of the system configuration",
      permission: ["system:administer"],
      params,
      success: {
        status: 200,
        description: "The value",
        schema: Configuration,
        headers: { ETag: "Its version" },
      },
      problems: ["not-found", "invalid-input"],
      handle: async ({ caller, params: { key } }) => {
        const found = await configuration.read(caller, key);
        return found.ok ? ok(answered(found.value)) : found;
      },
    }),
    route({
      method: "PUT",
      path: `${PATH}/:key`,
      operationId: "writeConfiguration",
      tag: "administration",
      summary: "Set a value of the system configuration",
      description:
        "With If-Match it changes the version that was read; without, it creates, and is refused where the key is there already. A sensitive value is stored encrypted and reads back as null.",
      permission: ["system:administer"],
      params,
      body: NewConfiguration,
      ifMatch: "optional",
      success: {
        status: 200,
        description: "Changed",
        schema: Configuration,
        headers: { ETag: "Its new version" },
      },
      alternatives: [
        {
          status: 201,
          description: "Created",
          schema: Configuration,
          headers: { ETag: "Its first version" },
        },
      ],
      problems: ["precondition-required", "conflict"],
      handle: async ({ caller, params: { key }, body, ifMatch }) => {
        const version = await changedVersion(ifMatch, () => configuration.read(caller, key));
        if (!version.ok) return version;
        const written = await configuration.write(caller, {
          key,
          value: body.value,
          description: body.description ?? null,
          is_sensitive: body.is_sensitive,
          version: version.value,
        });
        if (!written.ok) return written;
        return ok({ ...answered(written.value), status: version.value === null ? 201 : 200 });
      },
    }),
    route({
      method: "DELETE",
      path: `${PATH}/:key`,
      operationId: "removeConfiguration",
      tag: "administration",
      summary: "Remove a value of the system configuration",
      permission: ["system:administer"],
      params,
      ifMatch: true,
      success: { status: 204, description: "Removed", schema: null },
      problems: ["not-found", "invalid-input", "conflict"],
      handle: async ({ caller, params: { key }, ifMatch }) => {
        const version = await versionFor(ifMatch, () => configuration.read(caller, key));
        if (!version.ok) return version;
        const removed = await configuration.remove(caller, { key, version: version.value });
        return removed.ok ? ok({ content: null }) : removed;
      },
    }),
  ];
};
