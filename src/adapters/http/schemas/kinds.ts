import { type IntegerOptions, Kind, type Static, type TSchema, Type, TypeRegistry } from "@sinclair/typebox";
import { t } from "elysia";
import { isUuid } from "../../../domain/shared/ids.ts";

const TEXT = "GonogoText";
const ONE_OF = "GonogoOneOf";
const UUID = "GonogoUuid";

TypeRegistry.Set(TEXT, (_schema, value) => typeof value === "string");
TypeRegistry.Set<{ enum: readonly unknown[] }>(ONE_OF, (schema, value) => schema.enum.includes(value));
TypeRegistry.Set(UUID, (_schema, value) => typeof value === "string" && isUuid(value));

interface About {
  readonly description?: string;
  readonly examples?: readonly unknown[];
}

/**
 * A human's text. Its length is documented here and judged by the use case, which counts code points: `maxLength` of a
 * plain string would count UTF-16 units and refuse an emoji too early.
 */
export const text = (maxLength: number, about: About = {}) =>
  t.Unsafe<string>({ ...about, [Kind]: TEXT, type: "string", minLength: 1, maxLength });

export const oneOf = <const V extends string>(values: readonly V[], about: About = {}) =>
  t.Unsafe<V>({ ...about, [Kind]: ONE_OF, type: "string", enum: [...values] });

export const uuid = (description?: string) =>
  t.Unsafe<string>({
    ...(description === undefined ? {} : { description }),
    [Kind]: UUID,
    type: "string",
    format: "uuid",
    examples: ["0196f6a2-3c4d-7e5f-8a9b-0c1d2e3f4a5b"],
  });

export const nullable = <S extends TSchema>(schema: S, about: About = {}) =>
  t.Union([schema, t.Null()], { ...about });

export const time = (description?: string) =>
  t.String({
    ...(description === undefined ? {} : { description }),
    format: "date-time",
    examples: ["2026-03-05T14:07:09.123Z"],
  });

/** A whole number. Elysia's own `t.Integer` takes texts of digits too. */
export const integer = (options: IntegerOptions = {}) => Type.Integer(options);

/** An object that holds these fields and no others. */
export const record = <P extends Record<string, TSchema>>(properties: P, about: About = {}) =>
  t.Object(properties, { ...about, additionalProperties: false });

/** A schema with a name of its own in the document. */
export const named = <S extends TSchema>($id: string, schema: S): S => ({ ...schema, $id });

export const page = <S extends TSchema>(name: string, item: S) =>
  named(
    name,
    record({
      items: t.Array(item),
      next_cursor: nullable(t.String(), {
        description: "Send as `cursor` for the next page; null on the last.",
      }),
    }),
  );

const CURSOR = t.String({ description: "`next_cursor` of the page before" });

export const PAGE_QUERY = {
  limit: t.Optional(integer({ minimum: 1, maximum: 100, default: 20, description: "At most so many items" })),
  cursor: t.Optional(CURSOR),
};

/** The page a query asks for. */
export const pageRequest = (query: Static<ReturnType<typeof t.Object<typeof PAGE_QUERY>>>) => ({
  limit: query.limit ?? 20,
  cursor: query.cursor ?? null,
});

/** A JSON Schema that is served: it describes itself. */
export const JsonSchema = named("JsonSchema", t.Object({}, { additionalProperties: true }));
