import { lookup as lookUp } from "node:dns/promises";
import { type ClientRequest, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIPv6 } from "node:net";
import type { WebhookAnswer, WebhookRequest, WebhookSender } from "../../ports/webhook-sender.ts";
import { isPublicAddress, literalAddress } from "./public-addresses.ts";
import { parseWebhookUrl, type UrlRules } from "./webhook-url.ts";

export interface WebhookSenderOptions extends UrlRules {
  /** Every address of a name; by default as the system resolves it. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
  /** Certificates to trust instead of the system's. */
  readonly ca?: string;
}

/** More than anybody has to say who only takes note. */
const BODY_MAX_BYTES = 65_536;
const BODY_MAX_MS = 2_000;
const RETRY_AFTER_MAX = 64;
/** A host with several addresses is tried at so many, before anything has been sent. */
const ADDRESSES_MAX = 3;
const NOTHING_SENT: readonly unknown[] = ["ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH", "EADDRNOTAVAIL"];

const resolveBySystem = async (hostname: string): Promise<readonly string[]> =>
  (await lookUp(hostname, { all: true, verbatim: true })).map(({ address }) => address);

const nothingWasSent = (failure: unknown): boolean =>
  failure instanceof Error && "code" in failure && NOTHING_SENT.includes(failure.code);

/** One request to this very address, whatever its name may lead to by now. */
const post = (
  url: URL,
  address: string,
  { headers, body }: WebhookRequest,
  ca: string | undefined,
  signal: AbortSignal,
): Promise<WebhookAnswer> =>
  new Promise((resolve, reject) => {
    const family = isIPv6(address) ? 6 : 4;
    const secure = url.protocol === "https:";
    const asked: ClientRequest = (secure ? requestHttps : requestHttp)(
      {
        hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"),
        port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
        path: `${url.pathname}${url.search}`,
        method: "POST",
        headers: { ...headers, host: url.host, "content-length": String(Buffer.byteLength(body)) },
        // A connection of its own: a kept one would lead to an address that was judged for another attempt.
        agent: false,
        lookup: (_hostname, _options, answer) => answer(null, [{ address, family }]),
        signal,
        ...(ca === undefined ? {} : { ca }),
      },
      (response) => {
        const retryAfter = response.headers["retry-after"];
        resolve({
          kind: "answered",
          status: response.statusCode ?? 0,
          retry_after: retryAfter === undefined || retryAfter.length > RETRY_AFTER_MAX ? null : retryAfter,
        });
        // Read for a moment, so that who answers is not cut off, and thrown away.
        let size = 0;
        const limit = setTimeout(() => response.destroy(), BODY_MAX_MS);
        response.on("data", (chunk: Uint8Array) => {
          size += chunk.byteLength;
          if (size > BODY_MAX_BYTES) response.destroy();
        });
        // The answer is known: what becomes of the rest changes nothing.
        response.on("error", () => undefined);
        response.on("close", () => clearTimeout(limit));
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });

export const makeWebhookSender = (options: WebhookSenderOptions): WebhookSender => {
  const { allowPrivate, resolve = resolveBySystem, ca } = options;
  return {
    accepts: (url) => parseWebhookUrl(url, options) !== null,
    send: async (request, signal) => {
      const url = parseWebhookUrl(request.url, options);
      if (url === null) return { kind: "forbidden-address" };
      const literal = literalAddress(url.hostname);
      const addresses = literal === null ? await resolve(url.hostname) : [literal];
      signal.throwIfAborted();
      // One that may not be called spoils them all: who mixes them wants the wrong one to be called some day.
      if (!allowPrivate && !addresses.every(isPublicAddress)) return { kind: "forbidden-address" };
      let last: unknown = new Error("the name leads nowhere");
      for (const address of addresses.slice(0, ADDRESSES_MAX)) {
        try {
          return await post(url, address, request, ca, signal);
        } catch (failure) {
          if (!nothingWasSent(failure)) throw failure;
          last = failure;
        }
      }
      throw last;
    },
  };
};
