import { t } from "elysia";
import type { ConfigurationView, FlagView } from "../../../app/application.ts";
import { FEATURE_FLAGS } from "../../../domain/configuration/feature-flags.ts";
import { CONFIGURATION_KEY_MAX } from "../../../domain/configuration/system-configuration.ts";
import { integer, named, nullable, oneOf, page, record, text, time } from "./kinds.ts";
import { timeText } from "./times.ts";

export const configurationKey = text(CONFIGURATION_KEY_MAX, {
  description: "Lower-case words joined by dots, dashes or underscores; not under `flags.`",
  examples: ["site.title"],
});

const Value = t.String({ examples: ["Owls of the valley"] });

export const NewConfiguration = named(
  "NewConfiguration",
  record({
    value: Value,
    description: t.Optional(nullable(t.String(), { description: "Left out: none" })),
    is_sensitive: t.Boolean({ description: "Stored encrypted, and never shown again" }),
  }),
);

export const Configuration = named(
  "Configuration",
  record({
    key: t.String(),
    value: nullable(Value, { description: "Null where it is sensitive" }),
    description: nullable(t.String()),
    is_sensitive: t.Boolean(),
    updated_by: t.String({ description: "Pseudonym of the admin, or what else wrote it" }),
    created_at: time(),
    updated_at: time(),
    version: integer({ minimum: 1, description: "What ETag says and If-Match wants" }),
  }),
);

export const ConfigurationPage = page("ConfigurationPage", Configuration);

const FlagKey = named("FeatureFlagKey", oneOf(Object.keys(FEATURE_FLAGS)));

export const flagKey = t.String({
  description: "Name of the flag",
  examples: ["enable_comments"],
});

export const FeatureFlagChange = named("FeatureFlagChange", record({ enabled: t.Boolean() }));

export const FeatureFlagView = named(
  "FeatureFlag",
  record({
    key: FlagKey,
    enabled: t.Boolean({ description: "What is in force" }),
    source: oneOf(["default", "environment", "stored"], { description: "Where that comes from" }),
    version: nullable(integer({ minimum: 1 }), {
      description: "What ETag says and If-Match wants; null while nothing is stored",
    }),
  }),
);

export const FeatureFlagPage = page("FeatureFlagPage", FeatureFlagView);

export const configurationBody = (view: ConfigurationView) => ({
  key: view.key,
  value: view.value,
  description: view.description,
  is_sensitive: view.is_sensitive,
  updated_by: view.updated_by,
  created_at: timeText(view.created_at),
  updated_at: timeText(view.updated_at),
  version: view.version,
});

export const flagBody = ({ key, enabled, source, version }: FlagView) => ({ key, enabled, source, version });
