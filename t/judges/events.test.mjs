/*
 * events.test.mjs - the schemas of events, judged by a JSON Schema validator, and with them every event that came to Kafka while the
 * tests before this one bought, paid and gave back.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { top } from "../browser/stack.mjs";
import { ABSENT, facts } from "./facts.mjs";
import { kafka, stack } from "./world.mjs";

const folder = join(top, "static/events");
const ajv = new Ajv({ strict: true, strictRequired: false, allErrors: true });
const schemas = Object.fromEntries(readdirSync(folder).map(name => [name, JSON.parse(readFileSync(join(folder, name), "utf8"))]));

addFormats(ajv);

const judges = {};

test("every schema is one, by the standard's own schema and in the strictest reading", () => {
	assert.ok(Object.keys(schemas).length > 0);
	for (const [name, schema] of Object.entries(schemas))
		judges[name] = ajv.compile(schema);
});

test("an event that lacks something, or has something else, does not fit", () => {
	const good = { id: "1-2", type: "BOOKING_LINK", version: 1, show: 1, subject: 3, subject_kind: "booking",
		at: "2026-11-25T14:00:00.123Z", data: { booking: 3 } };
	const judge = judges["booking-link.v1.json"];

	assert.ok(judge(good), JSON.stringify(judge.errors));
	assert.ok(judge({ ...good, more: 1 }), "what is new is borne");
	for (const change of [{ id: "12" }, { version: 2 }, { at: "yesterday" }, { data: {} }, { data: { booking: "3" } }, { subject: undefined }])
		assert.ok(!judge(JSON.parse(JSON.stringify({ ...good, ...change }))), JSON.stringify(change));
});

/* Without facts nobody bought anything. */
const skip = !kafka ? "this build has no Kafka" : facts("psp-vectors.json") ? false : ABSENT;

test("every event that came to Kafka fits the schema of its type and version", { skip }, async () => {
	const types = new Set();

	for (let i = 0; i < 300 && stack.number(`SELECT (SELECT COUNT(*) FROM outbox WHERE NOT found) +
	    (SELECT COUNT(*) FROM deliveries WHERE sink = 'kafka' AND state = 'waiting')`) > 0; i++)
		await new Promise(done => setTimeout(done, 200));
	const events = kafka.read();

	assert.equal(events.length, stack.number("SELECT COUNT(*) FROM deliveries WHERE sink = 'kafka' AND state = 'sent'"));
	for (const event of events) {
		const judge = judges[`${event.type.toLowerCase().replaceAll("_", "-")}.v${event.version}.json`];

		assert.ok(judge, `${event.type} has a schema`);
		assert.ok(judge(event), `${JSON.stringify(event)}: ${JSON.stringify(judge.errors)}`);
		types.add(event.type);
	}
	assert.ok(types.size >= 8, `of many types: ${[...types]}`);
});
