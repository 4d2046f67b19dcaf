import type { TSchema } from "@sinclair/typebox";
import { Elysia } from "elysia";
import manifest from "../../../package.json" with { type: "json" };
import { documentInfo, SECURITY_SCHEMES, securityOf } from "./openapi-info.ts";
import { problemExamples, problemResponses } from "./openapi-problems.ts";
import { permissionText } from "./permissions.ts";
import { isCreating, type Route, type Success, TAGS } from "./route.ts";
import { Problem } from "./schemas/problem.ts";

const successResponse = ({ description, schema, contentType, alsoHtml, headers = {} }: Success): object => {
  const content =
    schema !== null
      ? {
          "application/json": { schema },
          ...(alsoHtml === true ? { "text/html": { schema: { type: "string" } } } : {}),
        }
      : contentType === undefined
        ? null
        : { [contentType]: { schema: contentType.startsWith("text/") ? { type: "string" } : {} } };
  const described = Object.entries(headers).map(([name, meaning]) => [
    name,
    { description: meaning, schema: { type: "string" } },
  ]);
  return {
    description,
    ...(described.length === 0 ? {} : { headers: Object.fromEntries(described) }),
    ...(content === null ? {} : { content }),
  };
};

const ifMatchOf = ({ ifMatch }: Route): readonly object[] =>
  ifMatch === undefined
    ? []
    : [
        {
          name: "If-Match",
          in: "header",
          required: ifMatch === true,
          description: "The ETag of the version that was read, or `*` for any.",
          schema: { type: "string" },
          example: '"1"',
        },
      ];

const IF_NONE_MATCH = {
  name: "If-None-Match",
  in: "header",
  required: false,
  description: "ETags of answers the client has; compared weakly, `*` for any.",
  schema: { type: "string" },
  example: '"kGd5Nn1Ilg0"',
};

const headersOf = (route: Route): readonly object[] => [
  ...ifMatchOf(route),
  ...(route.alternatives?.some(({ status }) => status === 304) === true ? [IF_NONE_MATCH] : []),
  ...(isCreating(route) ? [IDEMPOTENCY_KEY] : []),
  ...(route.signedBody === true ? SIGNATURE : []),
];

const IDEMPOTENCY_KEY = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "A fresh random value. The same key with the same body answers the same for 24 hours, without doing it twice (IETF draft).",
  schema: { type: "string", minLength: 1, maxLength: 257 },
  example: '"8e03978e-40d5-43e8-bc93-6894a57f9324"',
};

/** Standard Webhooks. Missing ones are refused as any other signature that is not right. */
const SIGNATURE = [
  [
    "webhook-id",
    "Of this message, chosen by the recipient; holds no dot.",
    "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
  ],
  ["webhook-timestamp", "Seconds since 1970, at most five minutes off.", "1674087231"],
  [
    "webhook-signature",
    "`v1,` and the base64 of HMAC-SHA-256 over `id.timestamp.body` with the secret of the webhook.",
    "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
  ],
].map(([name, description, example]) => ({
  name,
  in: "header",
  required: true,
  description,
  schema: { type: "string" },
  example,
}));

/** What the plugin cannot know of a route. */
const detailOf = (route: Route): object => ({
  operationId: route.operationId,
  tags: [route.tag],
  summary: route.summary,
  ...(route.description === undefined ? {} : { description: route.description }),
  "x-permission": permissionText(route.permission),
  security: securityOf(route),
  responses: {
    ...Object.fromEntries(
      [route.success, ...(route.alternatives ?? [])].map((each) => [each.status, successResponse(each)]),
    ),
    ...problemResponses(route),
  },
});

/** The routes once more, with their schemas where @elysiajs/swagger reads them. This instance answers nobody else. */
const documented = async (routes: readonly Route[]): Promise<Document> => {
  const { swagger } = await import("@elysiajs/swagger");
  const app = new Elysia();
  for (const route of routes) {
    const { params = {}, query, body } = route;
    app.route(route.method, route.path, () => null, {
      parse: route.formBody === true ? ["urlencoded", "formdata"] : "json",
      detail: detailOf(route),
      ...(Object.keys(params).length === 0 ? {} : { params: objectOf(params) }),
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { body }),
    });
  }
  app.use(
    swagger({
      path: "/docs/plugin",
      specPath: "/docs/plugin/json",
      excludeStaticFile: false,
      documentation: {
        openapi: "3.1.0",
        info: documentInfo(manifest.version),
        servers: [{ url: "/", description: "This service" }],
        tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
        components: { securitySchemes: SECURITY_SCHEMES, examples: problemExamples(routes) },
      },
    }),
  );
  const response = await app.handle(new Request("http://localhost/docs/plugin/json"));
  return (await response.json()) as Document;
};

const objectOf = (properties: Readonly<Record<string, TSchema>>) =>
  ({ type: "object", properties, required: Object.keys(properties) }) as unknown as TSchema;

interface Operation {
  operationId?: string;
  requestBody?: { required?: boolean };
  parameters?: { examples?: unknown; example?: unknown }[];
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
}

/** Moves every schema with a name into the components, and leaves references behind. */
const hoist = (node: unknown, into: Record<string, unknown>): unknown => {
  if (Array.isArray(node)) return node.map((each) => hoist(each, into));
  if (node === null || typeof node !== "object") return node;
  const { $id, ...rest } = node as { $id?: unknown };
  const hoisted = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, hoist(value, into)]));
  if (typeof $id !== "string") return hoisted;
  into[$id] = hoisted;
  return { $ref: `#/components/schemas/${$id}` };
};

/** The OpenAPI 3.1 document of the routes. */
export const openApiDocument = async (routes: readonly Route[]): Promise<object> => {
  const raw = await documented(routes);
  const routeOf = new Map(routes.map((route) => [route.operationId, route]));
  for (const path of Object.values(raw.paths)) {
    for (const operation of Object.values(path)) {
      // A parameter's own `examples` is a map in OpenAPI; the list is JSON Schema's.
      for (const parameter of operation.parameters ?? []) {
        if (Array.isArray(parameter.examples)) parameter.example = parameter.examples[0];
        delete parameter.examples;
      }
      const route = routeOf.get(operation.operationId ?? "");
      if (route === undefined) continue;
      const headers = headersOf(route);
      if (headers.length > 0) operation.parameters = [...(operation.parameters ?? []), ...headers];
      if (route.optionalBody === true && operation.requestBody !== undefined) {
        operation.requestBody.required = false;
      }
    }
  }
  const schemas: Record<string, unknown> = {};
  const { components, ...document } = hoist(raw, schemas) as Document;
  hoist(JSON.parse(JSON.stringify(Problem)), schemas);
  const sorted = Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return { ...document, components: { ...components, schemas: sorted } };
};
