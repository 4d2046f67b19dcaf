import { Value } from "@sinclair/typebox/value";
import { problemsOf } from "../../src/adapters/http/openapi-problems.ts";
import type { ProblemDocument } from "../../src/adapters/http/problem-document.ts";
import type { RefusalForm } from "../../src/adapters/http/refusal-form.ts";
import type { Route } from "../../src/adapters/http/route.ts";
import { Problem } from "../../src/adapters/http/schemas/problem.ts";

const patternOf = ({ path, rest }: Route): RegExp =>
  new RegExp(
    `^${(rest === true ? path.replace(/:[a-z_]+$/, ".+") : path).replaceAll(/:[a-z_]+/g, "[^/]+")}$`,
  );

const routesAt = (routes: readonly Route[], url: string): readonly Route[] => {
  const { pathname } = new URL(url);
  return routes.filter((route) => patternOf(route).test(pathname));
};

const faultsOfProblem = (
  response: Response,
  route: Route | undefined,
  problem: ProblemDocument,
): string[] => [
  ...(Value.Check(Problem, problem) ? [] : ["is no Problem"]),
  ...(problem.status === response.status ? [] : [`says ${problem.status}`]),
  ...(problem.support_id === response.headers.get("x-request-id") ? [] : ["has another support id"]),
  ...(route === undefined || problemsOf(route).includes(problem.code)
    ? []
    : [`${problem.code} is not declared`]),
];

/** Of a refusal that is worded in a form of its own. */
const faultsOfRefusal = (
  response: Response,
  route: Route | undefined,
  form: RefusalForm,
  body: string,
): string[] => {
  const declared = route === undefined ? [405] : problemsOf(route).map(form.statusOf);
  const type = response.headers.get("content-type");
  if (type !== form.type) return [`content type is ${type}`];
  const first = Value.Errors(form.schema, JSON.parse(body)).First();
  return [
    ...(first === undefined ? [] : [`${first.path}: ${first.message}`]),
    ...(declared.includes(response.status) ? [] : ["status is not declared"]),
  ];
};

const faultsOfSuccess = (response: Response, route: Route, body: string): string[] => {
  const type = response.headers.get("content-type")?.split(";")[0] ?? null;
  const success = [route.success, ...(route.alternatives ?? [])].find(
    ({ status }) => status === response.status,
  );
  if (success === undefined) return ["status is not declared"];
  for (const name of success.status === 304 ? Object.keys(success.headers ?? {}) : []) {
    if (!response.headers.has(name)) return [`${name} is missing`];
  }
  if ((success.status === 304 || success.status === 204) && body !== "") return ["has a body"];
  if (success.schema === null) {
    return type === (success.contentType ?? null) ? [] : [`content type is ${type}`];
  }
  if (success.alsoHtml === true && type === "text/html") return [];
  if (type !== "application/json") return [`content type is ${type}`];
  const first = Value.Errors(success.schema, JSON.parse(body)).First();
  return first === undefined ? [] : [`${first.path}: ${first.message}`];
};

/** What of an answer is not as the OpenAPI document says; empty when all is. */
export const deviations = async (
  routes: readonly Route[],
  request: { readonly method: string; readonly url: string },
  response: Response,
): Promise<readonly string[]> => {
  if (["HEAD", "OPTIONS"].includes(request.method)) return [];
  const here = routesAt(routes, request.url);
  const route = here.find(({ method }) => method === request.method);
  const form = here[0]?.refusalForm;
  const body = await response.clone().text();
  if (form !== undefined && response.status >= 400) return faultsOfRefusal(response, route, form, body);
  if (response.headers.get("content-type") === "application/problem+json") {
    return faultsOfProblem(response, route, JSON.parse(body) as ProblemDocument);
  }
  return route === undefined ? ["no such operation"] : faultsOfSuccess(response, route, body);
};
