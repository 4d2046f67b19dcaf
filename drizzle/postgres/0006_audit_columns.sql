-- By hand: the next migration gives the table another primary key, and the generator does not know this one's name.
ALTER TABLE "audit_entries" DROP CONSTRAINT "audit_entries_pkey";
