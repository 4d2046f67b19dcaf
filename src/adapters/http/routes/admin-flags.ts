import type { FlagView } from "../../../app/application.ts";
import { ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { versionFor } from "../precondition.ts";
import { entityTag } from "../request-headers.ts";
import { type Answer, json, type Route, route } from "../route.ts";
import {
  FeatureFlagChange,
  FeatureFlagPage,
  FeatureFlagView,
  flagBody,
  flagKey,
} from "../schemas/configuration.ts";

const PATH = "/v1/admin/flags";
const params = { key: flagKey };

const answered = (flag: FlagView): Answer =>
  json(flagBody(flag), flag.version === null ? {} : { headers: { ETag: entityTag(flag.version) } });

export const adminFlagRoutes = ({ application }: Service): readonly Route[] => {
  const { flags } = application;
  return [
    route({
      method: "GET",
      path: PATH,
      operationId: "listFlags",
      tag: "administration",
      summary: "Every feature flag, and where it comes from",
      description: "A stored flag wins over the environment, the environment over the default.",
      permission: ["system:administer"],
      success: { status: 200, description: "All flags, on one page", schema: FeatureFlagPage },
      problems: [],
      handle: async ({ caller }) => {
        const found = await flags.list(caller);
        return found.ok ? ok(json({ items: found.value.map(flagBody), next_cursor: null })) : found;
      },
    }),
    route({
      method: "GET",
      path: `${PATH}/:key`,
      operationId: "readFlag",
      tag: "administration",
      summary: "One feature flag",
      permission: ["system:administer"],
      params,
      success: {
        status: 200,
        description: "The flag",
        schema: FeatureFlagView,
        headers: { ETag: "Its version, where it is stored" },
      },
      problems: ["not-found"],
      handle: async ({ caller, params: { key } }) => {
        const found = await flags.read(caller, key);
        return found.ok ? ok(answered(found.value)) : found;
      },
    }),
    route({
      method: "PUT",
      path: `${PATH}/:key`,
      operationId: "writeFlag",
      tag: "administration",
      summary: "Switch a feature flag on or off",
      description:
        "With If-Match it changes the version that was read; without, it stores the flag for the first time. In force here at once, and on every other instance within 5 seconds.",
      permission: ["system:administer"],
      params,
      body: FeatureFlagChange,
      ifMatch: "optional",
      success: {
        status: 200,
        description: "Switched",
        schema: FeatureFlagView,
        headers: { ETag: "Its new version" },
      },
      problems: ["not-found", "precondition-required", "conflict"],
      handle: async ({ caller, params: { key }, body, ifMatch }) => {
        const version =
          ifMatch === null ? ok(null) : await versionFor(ifMatch, () => flags.read(caller, key));
        if (!version.ok) return version;
        const written = await flags.write(caller, { key, enabled: body.enabled, version: version.value });
        return written.ok ? ok(answered(written.value)) : written;
      },
    }),
  ];
};
