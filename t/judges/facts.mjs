/* facts.mjs - what is recorded of the providers: read in place, never copied. Where it is absent, what needs it is skipped. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { top } from "../browser/stack.mjs";

const folder = process.env.FOYER_FACTS || join(top, "../shared/facts");

export const ABSENT = "the folder of recorded facts is not there (FOYER_FACTS)";

/* null: it is not there. */
export const facts = name => {
	const file = join(folder, name);

	return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
};
