import type { components } from "./http-api.ts";

export type NewPolicy = components["schemas"]["NewConsentPolicy"];

const texts = (language: string): NewPolicy["texts"][number] => ({
  language,
  title: "Your choice",
  body: "What this site asks of you.",
  accept_all: "Accept all",
  refuse_all: "Refuse all",
  choose: "Choose",
  save: "Save",
  purposes: {
    essential: { title: "Essential", description: "What the site needs." },
    functional: { title: "Functional", description: "Remembers settings." },
    analytics: { title: "Analytics", description: "Counts visits." },
    marketing: { title: "Marketing", description: "Sends a newsletter." },
  },
});

/** A policy as an admin writes it. */
export const newPolicy = (fields: Partial<NewPolicy> = {}, languages = ["en"]): NewPolicy => ({
  validity_days: 182,
  legal_bases: {
    essential: "contract",
    functional: "consent",
    analytics: "consent",
    marketing: "consent",
  },
  texts: languages.map(texts),
  ...fields,
});
