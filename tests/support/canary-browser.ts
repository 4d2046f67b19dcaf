import { CANARY } from "./canary.ts";

export interface Sent {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  json(): unknown;
}

export interface CanaryBrowser {
  /** Sends a request that carries her traces wherever a client may put them. */
  she(method: string, path: string, sent?: Sent): Promise<Answered>;
  /** Every problem she met, body and headers, by its code. */
  readonly problems: ReadonlyMap<string, readonly string[]>;
}

/** Her browser. `send` takes an absolute path. */
export const openCanaryBrowser = (
  send: (path: string, init: RequestInit) => Promise<Response>,
): CanaryBrowser => {
  const problems = new Map<string, string[]>();
  let count = 0;
  return {
    problems,
    she: async (method, path, { token, headers = {}, json, body } = {}) => {
      count += 1;
      const response = await send(path, {
        method,
        headers: {
          "user-agent": CANARY.userAgent,
          "x-forwarded-for": CANARY.ip,
          forwarded: `for=${CANARY.ip}`,
          "x-real-ip": CANARY.ip,
          "x-request-id": CANARY.email,
          referer: `https://www.example.org/?who=${encodeURIComponent(CANARY.email)}`,
          "idempotency-key": `${Buffer.from(CANARY.email).toString("base64url")}-${count}`,
          from: CANARY.email,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(json === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      if (response.headers.get("content-type") === "application/problem+json") {
        const { code } = JSON.parse(text) as { code: string };
        const all = `${text}\n${[...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n")}`;
        problems.set(code, [...(problems.get(code) ?? []), all]);
      }
      return { status: response.status, text, headers: response.headers, json: () => JSON.parse(text) };
    },
  };
};
