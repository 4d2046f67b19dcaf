/** The specification's ConsentType: essential is required for basic functionality and always on. */
export const CONSENT_TYPES = ["essential", "functional", "analytics", "marketing"] as const;

export type ConsentType = (typeof CONSENT_TYPES)[number];

/** What a person decides on. */
export const OPTIONAL_CONSENT_TYPES = ["functional", "analytics", "marketing"] as const;

export type OptionalConsentType = (typeof OPTIONAL_CONSENT_TYPES)[number];

/** Where the decision was made. */
export const CONSENT_METHODS = ["banner", "settings", "api"] as const;

export type ConsentMethod = (typeof CONSENT_METHODS)[number];

/** What Global Privacy Control speaks against (Sec-GPC: 1, a technical objection in the sense of GDPR Art. 21(5)). */
export const DENIED_BY_GPC: readonly OptionalConsentType[] = ["analytics", "marketing"];
