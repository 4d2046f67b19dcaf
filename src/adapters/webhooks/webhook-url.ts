import { isPublicAddress, literalAddress } from "./public-addresses.ts";

export interface UrlRules {
  /** Addresses on this machine and in private networks, and any port: for development and tests. */
  readonly allowPrivate: boolean;
  readonly httpsOnly: boolean;
}

/** The ports of the web and those that nobody else's protocol has by right: no mail, no remote login. */
const isWebPort = (port: string): boolean =>
  port === "" || port === "443" || port === "80" || Number(port) >= 1_024;

/** The parts of a URL that may be called; null: it may not, whatever its name leads to. */
export const parseWebhookUrl = (text: string, { allowPrivate, httpsOnly }: UrlRules): URL | null => {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== "https:" && (httpsOnly || url.protocol !== "http:")) return null;
  if (url.username !== "" || url.password !== "" || url.hash !== "" || url.hostname === "") return null;
  if (allowPrivate) return url;
  const address = literalAddress(url.hostname);
  return isWebPort(url.port) && (address === null || isPublicAddress(address)) ? url : null;
};
