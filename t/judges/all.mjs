/* all.mjs - every test of this folder in one process, one after the other. run.sh calls it. */
import assert from "node:assert/strict";
import test from "node:test";

const wanted = process.env.FOYER_JUDGE_TESTS?.split(" ") ?? ["signing", "signing-paypal", "push", "vectors", "requests", "clients", "mail"];

for (const name of wanted)
	await import(`./${name}.test.mjs`);

if (wanted.some(name => ["requests", "clients"].includes(name))) {
	const { proxy, stack } = await import("./world.mjs");

	test("the audit finds nothing after all this", async () => {
		await stack.reap();
		assert.doesNotThrow(() => stack.demo("audit"), "see its log");
		proxy.close();
	});
}
