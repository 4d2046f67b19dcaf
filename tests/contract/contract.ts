import { describe } from "bun:test";
import { auditLogLaws } from "./laws/audit-log.ts";
import { commentReaderLaws } from "./laws/comment-reader.ts";
import { consentReaderLaws } from "./laws/consent-reader.ts";
import { erasureReaderLaws } from "./laws/erasure-readers.ts";
import { groupLaws } from "./laws/group.ts";
import { leaseLaws } from "./laws/leases.ts";
import { personalDataReaderLaws } from "./laws/personal-data-reader.ts";
import { privacyRequestReaderLaws } from "./laws/privacy-request-reader.ts";
import { raceLaws } from "./laws/races.ts";
import { readerLaws } from "./laws/readers.ts";
import { retentionRaceLaws } from "./laws/retention-races.ts";
import { retentionRecordLaws } from "./laws/retention-records.ts";
import { retentionStoreLaws } from "./laws/retention-store.ts";
import { sealedFieldReaderLaws } from "./laws/sealed-field-reader.ts";
import { storeLaws } from "./laws/store.ts";
import { unitOfWorkLaws } from "./laws/unit-of-work.ts";
import { valueLaws } from "./laws/values.ts";
import { webhookReaderLaws } from "./laws/webhook-reader.ts";
import type { StoreKind } from "./stores.ts";

/** Everything a store promises, whatever it stands on. */
export const contract = (kind: StoreKind): void => {
  describe(kind.name, () => {
    unitOfWorkLaws(kind);
    groupLaws(kind);
    raceLaws(kind);
    valueLaws(kind);
    describe("readers", () => readerLaws(kind));
    commentReaderLaws(kind);
    consentReaderLaws(kind);
    erasureReaderLaws(kind);
    retentionStoreLaws(kind);
    retentionRecordLaws(kind);
    retentionRaceLaws(kind);
    privacyRequestReaderLaws(kind);
    sealedFieldReaderLaws(kind);
    auditLogLaws(kind);
    personalDataReaderLaws(kind);
    leaseLaws(kind);
    webhookReaderLaws(kind);
    describe("store", () => storeLaws(kind));
  });
};
