/** The specification's FEATURE_FLAGS with their defaults: analytics is off, privacy first. */
export const FEATURE_FLAGS = {
  enable_comments: true,
  enable_user_registration: true,
  enable_gdpr_banner: true,
  enable_analytics: false,
  enable_email_notifications: true,
} as const satisfies Record<string, boolean>;

export type FeatureFlag = keyof typeof FEATURE_FLAGS;

export type FeatureFlags = Readonly<Record<FeatureFlag, boolean>>;

/** Defaults < environment < stored: the later one wins where it says anything. */
export const resolveFlags = (...layers: readonly Partial<FeatureFlags>[]): FeatureFlags =>
  Object.assign({}, FEATURE_FLAGS, ...layers) as FeatureFlags;
