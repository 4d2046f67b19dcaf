DROP INDEX "outgoing_mails_subject_id";
ALTER TABLE "outgoing_mails" DROP COLUMN "subject_id";
DROP TABLE "mail_preferences";
