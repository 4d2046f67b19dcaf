/** Who is told that configuration may have changed. Neither may throw. */
export interface ConfigurationListener {
  /** Something was committed, by whichever instance, or could have been while nothing was heard. Says not what. */
  changed(): void;
  /** Nothing can be heard at the moment; it goes on trying, and `changed` follows when it can again. */
  deaf(failure: unknown): void;
}

/**
 * Tells at once what would otherwise be found by looking. Only a hint: it may come late, more than once or for nothing,
 * and where it cannot come at all nobody is told, so whoever relies on changes looks from time to time as well.
 */
export interface ConfigurationWatch {
  /** Resolves when nobody will be told any more. */
  close(): Promise<void>;
}
