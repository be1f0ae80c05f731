/*
 * webhooks.test.mjs - what partners get from foyer-relay, judged by the library of Standard Webhooks: each delivery holds, none that was
 * changed does; retries, a new secret, a relay that is killed. And what the operator's tool says of it.
 */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { promisify } from "node:util";
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { build } from "../browser/stack.mjs";
import { Buyer } from "./buyer.mjs";
import { partner, stack } from "./world.mjs";

const program = promisify(execFile);

/* foyerctl hooks WORDS: { status, out, err }. The partner goes on answering meanwhile. */
const hooks = (...words) => program(join(build, "foyerctl"), ["-c", join(stack.folder, "foyer.conf"), "hooks", ...words], { timeout: 60000,
	env: { ASAN_OPTIONS: "detect_leaks=0", ...process.env } })
	.then(r => ({ status: 0, out: r.stdout, err: r.stderr }), r => ({ status: r.code, out: r.stdout, err: r.stderr }));
const secretIn = out => out.match(/^secret {3}(whsec_[A-Za-z0-9+/]{43}=)$/m)[1];
const url = `http://${partner.place}/foyer`;
const typeOf = rq => JSON.parse(rq.body).type;
const of = type => rq => typeOf(rq) === type;
const holds = (secret, rq) => new Webhook(secret).verify(rq.body, rq.headers);
const buys = async () => new Buyer(stack).buy(stack.show("lumiere-2"), 2, "stripe");
const secrets = [];
let endpoint;

test("an operator adds a partner, and is told its secret once", async () => {
	const added = await hooks("add", url);

	assert.equal(added.status, 0, added.err);
	secrets.push(secretIn(added.out));
	endpoint = added.out.match(/^endpoint (\d+)$/m)[1];
	assert.doesNotMatch((await hooks("list")).out, /whsec_/);
	assert.match((await hooks("list")).out, new RegExp(`^${endpoint}\ton\t0\t0\t0\t${url}\tall$`, "m"));
	assert.equal(stack.number(`SELECT COUNT(*) FROM hook_endpoints WHERE secret LIKE '%${secrets[0].slice(6, 40)}%'`), 0);
});

for (const [bad, why] of [["https://127.0.0.1/", /not a public/], ["https://169.254.169.254/latest/", /not a public/], ["http://partner.example/", /https/],
	["https://2130706433/", /not a public/], ["https://[::ffff:10.0.0.1]/", /not a public/], ["https://localhost/", /dot/], ["https://a:b@partner.example/", /no URL/],
	["ftp://partner.example/", /no URL|https/], [`http://127.0.0.1:1/`, /https/]])
	test(`an operator cannot add ${bad}`, async () => {
		const r = await hooks("add", bad);

		assert.equal(r.status, 1);
		assert.match(r.err, why);
	});

test("a ping holds, and its answer is shown", async () => {
	const r = await hooks("test", endpoint), [rq] = await partner.comes(of("ping"));

	assert.equal(r.status, 0, r.out);
	assert.match(r.out, /^status 204, \d+ ms$/m);
	holds(secrets[0], rq);
});

test("a purchase is told of, and each message holds", async () => {
	const began = Date.now();

	await buys();
	const [confirmed] = await partner.comes(of("booking.confirmed"));
	const [[show, event, booking, hold, total]] = stack.sql(`SELECT o.show_id, o.outbox_id, b.booking_id, b.hold_id, b.total_minor FROM outbox o
		JOIN bookings b ON b.show_id = o.show_id AND b.booking_id = o.subject_id WHERE o.type = 'BOOKING_CONFIRMED' ORDER BY o.outbox_id DESC LIMIT 1`);
	const told = holds(secrets[0], confirmed);

	assert.equal(confirmed.method, "POST");
	assert.equal(confirmed.headers["content-type"], "application/json");
	assert.equal(confirmed.headers["webhook-id"], `${show}-${event}`);
	assert.ok(Math.abs(Number(confirmed.headers["webhook-timestamp"]) * 1000 - Date.now()) < 120000);
	assert.ok(Date.parse(told.timestamp) >= began - 2000);
	for (const [name, value] of Object.entries({ show: Number(show), booking, hold, total: Number(total) }))
		assert.strictEqual(told.data[name], value);
	await partner.comes(of("payment.paid"));
	for (const rq of partner.requests)
		assert.ok(holds(secrets[0], rq).type);
	assert.deepEqual(partner.requests.filter(rq => /^seat\./.test(typeOf(rq))), []);
});

test("what was changed on the way does not hold", () => {
	const rq = partner.requests.at(-1), id = rq.headers["webhook-id"], at = rq.headers["webhook-timestamp"];
	const other = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

	for (const [secret, body, headers] of [[secrets[0], `${rq.body} `, {}], [other, rq.body, {}], [secrets[0], rq.body, { "webhook-id": `${id}1` }],
		[secrets[0], rq.body, { "webhook-timestamp": String(Number(at) + 1) }], [secrets[0], rq.body, { "webhook-timestamp": "1614265330" }]])
		assert.throws(() => new Webhook(secret).verify(body, { ...rq.headers, ...headers }), WebhookVerificationError);
});

test("what fails comes again: the same id and body, signed anew", async () => {
	const seen = partner.requests.length, fresh = rq => partner.requests.indexOf(rq) >= seen && typeOf(rq) === "booking.confirmed";

	partner.answer = { status: 503 };
	await buys();
	await partner.comes(fresh);
	partner.answer = { status: 200 };
	const [first, second] = await partner.comes(fresh, 2);

	assert.equal(first.status, 503);
	assert.equal(second.status, 200);
	assert.equal(second.headers["webhook-id"], first.headers["webhook-id"]);
	assert.equal(second.body, first.body);
	assert.ok(Number(second.headers["webhook-timestamp"]) > Number(first.headers["webhook-timestamp"]));
	holds(secrets[0], first);
	holds(secrets[0], second);
	assert.match((await hooks("log", endpoint)).out, new RegExp(`^${first.headers["webhook-id"]}\t\\S+\tsent\t2\t200\t`, "m"));
});

test("with a new secret both hold, and after its time the new one only", async () => {
	const rotated = await hooks("rotate", endpoint, "--hours", "1"), seen = partner.requests.length;
	const fresh = from => rq => partner.requests.indexOf(rq) >= from && typeOf(rq) === "booking.confirmed";

	assert.equal(rotated.status, 0, rotated.err);
	secrets.push(secretIn(rotated.out));
	await buys();
	const [both] = await partner.comes(fresh(seen));

	assert.equal(both.headers["webhook-signature"].split(" ").length, 2);
	holds(secrets[0], both);
	holds(secrets[1], both);
	stack.sql("UPDATE hook_endpoints SET before_until = UTC_TIMESTAMP(3)");
	const later = partner.requests.length;

	await buys();
	const [one] = await partner.comes(fresh(later));

	holds(secrets[1], one);
	assert.throws(() => holds(secrets[0], one), WebhookVerificationError);
});

test("a relay that is killed while a partner thinks tells it again", async () => {
	const seen = partner.requests.length, fresh = rq => partner.requests.indexOf(rq) >= seen && typeOf(rq) === "booking.confirmed";
	const pids = execFileSync("ps", ["-o", "pid=", "-s", readFileSync(join(stack.folder, "run/relay.pid"), "utf8").split(" ")[0]], { encoding: "utf8" });

	partner.answer = { status: 204, ms: 4000 };
	await buys();
	await partner.comes(fresh);
	for (const pid of pids.trim().split(/\s+/))
		try {
			process.kill(Number(pid), "SIGKILL");
		} catch (e) {
			assert.equal(e.code, "ESRCH");		/* it had ended when its parent did */
		}
	partner.answer = { status: 204 };
	stack.demo("start", "relay");
	stack.sql("UPDATE hook_deliveries SET due_at = UTC_TIMESTAMP(3) WHERE state = 'waiting'");
	const [first, second] = await partner.comes(fresh, 2);

	assert.equal(second.headers["webhook-id"], first.headers["webhook-id"]);
	assert.equal(second.body, first.body);
	holds(secrets[1], second);
});

test("nothing that a partner was to hear is left, and whoever is removed hears no more", async () => {
	for (let i = 0; i < 600 && stack.number("SELECT COUNT(*) FROM hook_deliveries WHERE state = 'waiting'"); i++)
		await new Promise(done => setTimeout(done, 100));
	assert.equal(stack.number("SELECT COUNT(*) FROM hook_deliveries WHERE state <> 'sent'"), 0);
	assert.equal((await hooks("remove", endpoint)).status, 0);
	assert.equal((await hooks("log", endpoint)).status, 1);
	assert.equal(stack.number("SELECT COUNT(*) FROM hook_deliveries"), 0);
});

test("no log has a secret", () => {
	const folder = join(stack.folder, "log");

	for (const name of readdirSync(folder))
		for (const secret of secrets)
			assert.ok(!readFileSync(join(folder, name), "utf8").includes(secret.slice(6)), name);
});
