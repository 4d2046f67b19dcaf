/** What is asked of a copy in the moment it was made of. */
export const RESTORE_POINT = "select ledger_position from restore_points where id = 'ledger'";

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
