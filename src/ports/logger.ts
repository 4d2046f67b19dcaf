/** What may stand in a log line: an allow-list, so that personal data have no field to hide in. */
export interface LogFields {
  readonly method?: string;
  readonly path_template?: string;
  readonly status_code?: number;
  readonly duration_ms?: number;
  readonly request_id?: string;
  readonly support_id?: string;
  readonly exception_type?: string;
  readonly user_agent_hash?: string | null;
  readonly operation?: string;
  readonly sql_state?: string | null;
  readonly stored?: "no" | "unknown";
  readonly failure?: string;
  readonly count?: number;
  readonly attempts?: number;
  readonly port?: number;
  readonly mail_kind?: string;
}

/** Structured, privacy-safe logging: an event in fixed words and fields of the list. Never throws. */
export interface Logger {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}
