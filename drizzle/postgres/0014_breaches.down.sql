DROP TABLE "breaches";
