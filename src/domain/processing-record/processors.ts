import { parseCountryCode } from "../controller/country-codes.ts";
import type { Processor } from "./processing-record.ts";

/** `name, what for, country[, safeguard]`, one after the other with semicolons between. Null: it is not that. */
export const parseProcessors = (text: string): readonly Processor[] | null => {
  const found: Processor[] = [];
  for (const entry of text.split(";")) {
    if (entry.trim() === "") continue;
    const [name = "", purpose = "", code = "", ...rest] = entry.split(",").map((part) => part.trim());
    const country = parseCountryCode(code);
    if (name === "" || purpose === "" || country === null) return null;
    const safeguard = rest.join(", ");
    found.push({ name, purpose, country, safeguard: safeguard === "" ? null : safeguard });
  }
  return found;
};
