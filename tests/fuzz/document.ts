/** As much of JSON Schema as the document uses. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

export interface Parameter {
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  /** With parameters as `{name}`. */
  readonly path: string;
  /** One of these is enough. */
  readonly permission: readonly string[];
  readonly params: readonly Parameter[];
  readonly query: readonly Parameter[];
  readonly headers: readonly Parameter[];
  readonly body: { readonly type: string; readonly schema: Schema; readonly required: boolean } | null;
  /** Media types of every declared status. */
  readonly responses: Readonly<Record<string, readonly string[]>>;
}

type Json = Readonly<Record<string, unknown>>;

const asObject = (value: unknown): Json =>
  typeof value === "object" && value !== null ? (value as Json) : {};

const METHODS: readonly string[] = ["get", "put", "post", "patch", "delete"];

/** Puts what a reference names in its place. */
const resolved = (node: unknown, root: Json): unknown => {
  if (Array.isArray(node)) return node.map((each) => resolved(each, root));
  if (typeof node !== "object" || node === null) return node;
  const reference = (node as Json)["$ref"];
  if (typeof reference === "string") {
    const found = reference
      .slice(2)
      .split("/")
      .reduce<unknown>((at, name) => asObject(at)[name], root);
    if (found === undefined) throw new Error(`the document has no ${reference}`);
    return resolved(found, root);
  }
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, resolved(value, root)]));
};

/** The example of a parameter stands beside its schema. */
const parameterOf = (parameter: Json): Parameter & { readonly in: unknown } => ({
  name: String(parameter["name"]),
  in: parameter["in"],
  required: parameter["required"] === true,
  schema: {
    ...(parameter["example"] === undefined ? {} : { examples: [parameter["example"]] }),
    ...(parameter["schema"] as Schema),
  },
});

const bodyOf = (requestBody: unknown): Operation["body"] => {
  const [first] = Object.entries(asObject(asObject(requestBody)["content"]));
  if (first === undefined) return null;
  const [type, content] = first;
  return {
    type,
    schema: asObject(content)["schema"] as Schema,
    required: asObject(requestBody)["required"] === true,
  };
};

const operationOf = (path: string, method: string, operation: Json): Operation => {
  const parameters = ((operation["parameters"] ?? []) as readonly Json[]).map(parameterOf);
  return {
    id: String(operation["operationId"]),
    method: method.toUpperCase(),
    path,
    permission: String(operation["x-permission"]).split(" | "),
    params: parameters.filter((each) => each.in === "path"),
    query: parameters.filter((each) => each.in === "query"),
    headers: parameters.filter((each) => each.in === "header"),
    body: bodyOf(operation["requestBody"]),
    responses: Object.fromEntries(
      Object.entries(asObject(operation["responses"])).map(([status, response]) => [
        status,
        Object.keys(asObject(asObject(response)["content"])),
      ]),
    ),
  };
};

/** Every operation of an OpenAPI document. */
export const operationsOf = (document: unknown): readonly Operation[] => {
  const root = asObject(document);
  return Object.entries(asObject(root["paths"])).flatMap(([path, item]) =>
    Object.entries(asObject(item))
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => operationOf(path, method, asObject(resolved(operation, root)))),
  );
};

/** The scopes a service credential can have. */
export const scopesOf = (document: unknown): readonly string[] => {
  const schemas = asObject(asObject(asObject(document)["components"])["schemas"]);
  return asObject(schemas["Scope"])["enum"] as readonly string[];
};

/** The path up to its last parameter: what the operation is about. Null for a path without parameters. */
export const thingPath = (path: string): string | null => {
  const end = path.lastIndexOf("}");
  return end === -1 ? null : path.slice(0, end + 1);
};

/** The parameters of a concrete path under a template; null where it is not under it. */
export const matched = (template: string, path: string): Readonly<Record<string, string>> | null => {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const pattern = template.replaceAll(/[.]/g, "\\.").replaceAll(/\{\w+\}/g, "([^/?#]+)");
  const found = new RegExp(`^${pattern}$`).exec(path);
  if (found === null) return null;
  try {
    return Object.fromEntries(names.map((name, n) => [name, decodeURIComponent(found[n + 1] ?? "")]));
  } catch {
    // A text that only looks like a path.
    return null;
  }
};
