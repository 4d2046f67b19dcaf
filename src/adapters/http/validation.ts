import type { Static, TSchema } from "@sinclair/typebox";
import { type TypeCheck, TypeCompiler } from "@sinclair/typebox/compiler";
import { type ValueError, type ValueErrorIterator, ValueErrorType } from "@sinclair/typebox/errors";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import type { FieldProblem, Refusal } from "./refusals.ts";

/** More are of no use to anybody. */
const MOST_ERRORS = 20;

const list = (values: readonly unknown[]): string => values.map(String).join(", ");

const typeNames: Readonly<Record<string, string>> = {
  string: "a string",
  integer: "a whole number",
  boolean: "true or false",
  object: "an object",
  array: "a list",
};

/** What the schema wants, in words: of the schema alone, never of the value. */
const wanted = (schema: TSchema): string => {
  if (Array.isArray(schema["enum"])) return `one of: ${list(schema["enum"])}`;
  if (Array.isArray(schema["anyOf"])) {
    return schema["anyOf"].map((each: TSchema) => wanted(each)).join(", or ");
  }
  const { minimum, maximum } = schema;
  const range = minimum === undefined ? "" : ` from ${minimum} to ${maximum}`;
  if (schema["format"] === "uuid") return "a UUID in lower case";
  return schema["type"] === "null" ? "null" : (typeNames[String(schema["type"])] ?? "something else") + range;
};

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));

const fieldProblem = ({ type, path, schema }: ValueError): FieldProblem => {
  switch (type) {
    case ValueErrorType.ObjectAdditionalProperties:
      // The name of an unknown field is the sender's own text, so only the known ones are told.
      return {
        pointer: parentOf(path),
        detail: `holds a field that is not known here; known are: ${list(Object.keys(schema["properties"] ?? {}))}`,
      };
    case ValueErrorType.ObjectRequiredProperty:
      return { pointer: path, detail: "is required" };
    case ValueErrorType.ArrayMinItems:
      return { pointer: path, detail: `must hold at least ${schema["minItems"]}` };
    case ValueErrorType.ArrayMaxItems:
      return { pointer: path, detail: `must hold at most ${schema["maxItems"]}` };
    case ValueErrorType.ArrayUniqueItems:
      return { pointer: path, detail: "must not hold anything twice" };
    default:
      return { pointer: path, detail: `must be ${wanted(schema)}` };
  }
};

/** Of the alternatives of a union, the one that was probably meant: the one with the fewest errors. */
const closest = (alternatives: readonly ValueErrorIterator[]): readonly ValueError[] =>
  alternatives
    .map((each) => [...take(each)])
    .toSorted((a, b) => a.length - b.length)
    .at(0) ?? [];

function* take(errors: ValueErrorIterator): Generator<ValueError> {
  let count = 0;
  for (const error of errors) {
    yield error;
    count += 1;
    if (count === MOST_ERRORS) return;
  }
}

const isAlternativeObject = ({ type, schema }: ValueError): boolean =>
  type === ValueErrorType.Union && schema["anyOf"].every((each: TSchema) => each["type"] === "object");

const fieldProblems = (errors: Iterable<ValueError>): readonly FieldProblem[] => {
  const found = new Map<string, FieldProblem>();
  for (const error of errors) {
    const problems = isAlternativeObject(error)
      ? fieldProblems(closest(error.errors))
      : [fieldProblem(error)];
    // One field, one complaint: a missing field is also of the wrong type.
    for (const problem of problems) if (!found.has(problem.pointer)) found.set(problem.pointer, problem);
  }
  return [...found.values()];
};

/** Deeper than anything a schema here asks for. What checks lists for duplicates would run out of stack far below. */
const DEPTH_MAX = 64;

export const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1)));

/** The refusal of what is nested deeper than so many levels. */
export const tooDeep = (pointer: string, levels: number): Result<never, Refusal> =>
  err({ type: "invalid-input", errors: [{ pointer, detail: `is nested deeper than ${levels} levels` }] });

/** Checks values against a schema, compiled when first needed. Takes nothing out and converts nothing. */
export const validator = <S extends TSchema>(schema: S): ((value: unknown) => Result<Static<S>, Refusal>) => {
  let compiled: TypeCheck<S> | undefined;
  return (value) => {
    if (isDeeper(value, DEPTH_MAX)) return tooDeep("", DEPTH_MAX);
    compiled ??= TypeCompiler.Compile(schema);
    if (compiled.Check(value)) return ok(value);
    return err({ type: "invalid-input", errors: fieldProblems(take(compiled.Errors(value))) });
  };
};
