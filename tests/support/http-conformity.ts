import { Value } from "@sinclair/typebox/value";
import { problemsOf } from "../../src/adapters/http/openapi-problems.ts";
import type { ProblemDocument } from "../../src/adapters/http/problem-document.ts";
import type { Route } from "../../src/adapters/http/route.ts";
import { Problem } from "../../src/adapters/http/schemas/problem.ts";

const patternOf = (path: string): RegExp => new RegExp(`^${path.replaceAll(/:[a-z_]+/g, "[^/]+")}$`);

const routeOf = (routes: readonly Route[], method: string, url: string): Route | undefined => {
  const { pathname } = new URL(url);
  return routes.find((route) => route.method === method && patternOf(route.path).test(pathname));
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

const faultsOfSuccess = (response: Response, { success }: Route, body: string): string[] => {
  const type = response.headers.get("content-type")?.split(";")[0] ?? null;
  if (response.status !== success.status) return [`status is not ${success.status}`];
  if (success.schema === null) {
    return type === (success.contentType ?? null) ? [] : [`content type is ${type}`];
  }
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
  const route = routeOf(routes, request.method, request.url);
  const body = await response.clone().text();
  if (response.headers.get("content-type") === "application/problem+json") {
    return faultsOfProblem(response, route, JSON.parse(body) as ProblemDocument);
  }
  return route === undefined ? ["no such operation"] : faultsOfSuccess(response, route, body);
};
