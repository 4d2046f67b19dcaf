/** The specification's UserRole: a role includes the ones before it. */
export const ROLES = ["anonymous", "commenter", "moderator", "admin"] as const;

export type UserRole = (typeof ROLES)[number];

/** What a role allows: read only → comment → moderate content → full access to the system. */
export const PERMISSIONS = [
  "content:read",
  "comments:post",
  "comments:moderate",
  "system:administer",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** Permissions of a role, in the order of PERMISSIONS: each role adds exactly one. */
export const permissionsOf = (role: UserRole): readonly Permission[] =>
  PERMISSIONS.slice(0, ROLES.indexOf(role) + 1);

/**
 * What a session may do: what its subject's role allows today, less what the session was narrowed to when it was made.
 * A session can never hold more than the role, so taking a role away acts on the next request.
 */
export const effectivePermissions = (
  role: UserRole,
  narrowedTo: readonly Permission[] | null,
): readonly Permission[] =>
  narrowedTo === null ? permissionsOf(role) : permissionsOf(role).filter((each) => narrowedTo.includes(each));

/** What a service credential may do, apart from people's roles. */
export const SCOPES = ["sessions:create", "consents:check"] as const;

export type Scope = (typeof SCOPES)[number];
