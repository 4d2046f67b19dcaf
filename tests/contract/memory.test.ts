import { contract } from "./contract.ts";
import { MEMORY } from "./stores.ts";

contract(MEMORY);
