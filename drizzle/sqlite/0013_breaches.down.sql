DROP TABLE `breaches`;
