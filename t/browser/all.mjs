/* all.mjs - every test of this folder in one process: one stack, one browser, one after the other. run.sh calls it. */
import assert from "node:assert/strict";
import test from "node:test";
import { browser, stack } from "./world.mjs";

const wanted = process.env.FOYER_BROWSER_TESTS?.split(" ") ??
	["purchase", "live", "live_seats", "activity", "money", "money_back", "letters", "notices", "reach", "screens"];

for (const name of wanted)
	await import(`./${name}.test.mjs`);

test("the audit finds nothing after all this", async () => {
	await stack.reap();
	await browser.close();
	assert.doesNotThrow(() => stack.demo("audit"), "see its log");
});
