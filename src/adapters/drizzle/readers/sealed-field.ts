import type { RecordReader } from "../../../ports/record-reader.ts";
import type { SealedFieldReader } from "../../../ports/sealed-field-reader.ts";

/** Whatever holds encrypted values is walked through as any other collection. */
export const sealedFieldReader = (records: RecordReader): SealedFieldReader => ({ walk: records.walk });
