import { contract } from "./contract.ts";
import { SQLITE } from "./stores.ts";

contract(SQLITE);
