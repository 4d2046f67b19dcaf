import type { Operation } from "./document.ts";

/** A request before it is bytes. */
export interface Draft {
  readonly operation: Operation;
  method: string;
  params: Readonly<Record<string, string>>;
  /** As in a URL: encoded. */
  query: (readonly [name: string, value: string])[];
  headers: (readonly [name: string, value: string])[];
  body: unknown;
  /** Instead of what `body` would become. */
  bytes: Uint8Array | null;
  /** Instead of what path and query would become. */
  target: string | null;
}

/** The one thing that is wrong with a request. */
export type Twist = (draft: Draft) => void;

/** As a URL wants it, but for lone surrogates, which it cannot carry. */
export const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

/** Path, then query, as they are sent when nothing else is wanted. */
export const targetOf = ({ operation, params, query, target }: Draft): string => {
  if (target !== null) return target;
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encoded(params[name] ?? ""));
  return query.length === 0 ? path : `${path}?${query.map(([name, value]) => `${name}=${value}`).join("&")}`;
};
