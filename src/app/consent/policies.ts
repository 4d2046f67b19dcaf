import type { ConsentPolicy, Notice } from "../../domain/consent/consent-policy.ts";
import type { WrittenPolicy } from "../../domain/consent/policy-content.ts";
import type { Outcome, Page, PageRequest } from "../application.ts";
import type { Caller } from "../caller.ts";

/** A policy as it is shown in one language. */
export interface PolicyPreview {
  readonly notice: Notice;
  readonly notice_hash: string;
  readonly languages: readonly string[];
}

/** How the consent policy changes: drafted, looked at, published. */
export interface Policies {
  list(caller: Caller, page: PageRequest): Outcome<Page<ConsentPolicy>>;
  read(caller: Caller, version: number): Outcome<ConsentPolicy>;
  preview(caller: Caller, version: number, languages: readonly string[]): Outcome<PolicyPreview>;
  /** `stored` null creates (`precondition-required` when it is there), else changes just that version of the draft. */
  draft(
    caller: Caller,
    input: { readonly version: number; readonly policy: WrittenPolicy; readonly stored: number | null },
  ): Outcome<ConsentPolicy>;
  /** `stored`: the version of the draft that was looked at; null: whichever is there. */
  publish(
    caller: Caller,
    input: { readonly version: number; readonly material: boolean; readonly stored: number | null },
  ): Outcome<ConsentPolicy>;
}
