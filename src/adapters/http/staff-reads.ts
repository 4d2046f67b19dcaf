import type { StaffRead } from "../../domain/audit/audit-entry.ts";
import { isUuid } from "../../domain/shared/ids.ts";
import type { Answer, Route } from "./route.ts";

const fieldOf = (fields: unknown, name: string): unknown =>
  typeof fields === "object" && fields !== null
    ? Object.entries(fields).find(([key]) => key === name)?.[1]
    : null;

/** A path or a query leads to the record that was read, or whose entries were; what is no id of ours is told to nobody. */
const resourceOf = (
  { reads }: Pick<Route, "reads">,
  { params, query }: { readonly params: unknown; readonly query: unknown },
): StaffRead["resource"] => {
  const [own, listed] = [fieldOf(params, "id"), fieldOf(query, "resource")];
  if (typeof own === "string" && isUuid(own)) return { type: reads ?? null, id: own };
  return typeof listed === "string" && isUuid(listed) ? { type: null, id: listed } : null;
};

/**
 * Staff who read what is not public: that they did is told before they see it (GDPR Art. 5(2)). Some routes are for staff
 * alone; of the others the use case says whether this answer was. Null: nothing of the kind was read.
 */
export const readByStaff = (
  route: Pick<Route, "method" | "permission" | "operationId" | "reads">,
  asked: { readonly params: unknown; readonly query: unknown },
  answer: Pick<Answer, "asStaff">,
): StaffRead | null => {
  if (route.method !== "GET") return null;
  const { permission } = route;
  const forStaff = permission.includes("comments:moderate") || permission.includes("system:administer");
  return forStaff || answer.asStaff === true
    ? { operation: route.operationId, resource: resourceOf(route, asked) }
    : null;
};
